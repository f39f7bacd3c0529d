-- Who may use the tables. A project grants nothing on new ones by itself, not even to the service role; an older one
-- opens them to everybody who has the publishable key, until row-level security is on. The service role passes it.
do $$
declare
  candidate text;
  is_open boolean;
begin
  if exists (select from pg_roles where rolname = 'service_role') then
    grant select, insert, update, delete on public.conversations to service_role;
    grant select, insert, update, delete on public.messages to service_role;
    grant select, insert, update, delete on public.files to service_role;
    grant select, insert, update, delete on public.conversation_files to service_role;
    grant select on public.schema_version to service_role;
  end if;
  foreach candidate in array array['conversations', 'messages', 'files', 'conversation_files', 'schema_version'] loop
    continue when (select relrowsecurity from pg_class where oid = format('public.%I', candidate)::regclass);
    select coalesce(bool_or(has_table_privilege(r.rolname, format('public.%I', candidate), 'select, insert, update, delete')), false)
      into is_open from pg_roles r where r.rolname in ('anon', 'authenticated');
    -- A table that was there and that others can use is theirs, too.
    if is_open and candidate = any (string_to_array(current_setting('supastore.older_tables', true), ','))
      and current_setting('supastore.restrict', true) is distinct from 'on'
    then
      raise warning 'everybody who has the publishable key can use the table %: run the output of supastore schema --restrict to end that',
        candidate;
    else
      execute format('alter table public.%I enable row level security', candidate);
    end if;
  end loop;
end
$$;
