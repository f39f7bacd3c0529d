-- Nobody but the service role: new functions are everybody's, and Supabase grants them to its own roles besides.
do $$
declare
  function regprocedure;
  role text;
begin
  for function in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname like 'supastore\_%'
  loop
    execute format('revoke all on function %s from public', function);
    for role in select rolname from pg_roles where rolname in ('anon', 'authenticated', 'service_role') loop
      execute format('revoke all on function %s from %I', function, role);
    end loop;
  end loop;
  for role in select rolname from pg_roles where rolname in ('anon', 'authenticated', 'service_role') loop
    execute format('revoke all on public.supastore_trash, public.supastore_audit from %I', role);
  end loop;
  if exists (select from pg_roles where rolname = 'service_role') then
    grant select on public.supastore_trash, public.supastore_audit to service_role;
    for function in
      select p.oid::regprocedure from pg_proc p
      where p.pronamespace = 'public'::regnamespace and p.prosecdef and p.prorettype = 'jsonb'::regtype
        and p.proname like 'supastore\_%'
    loop
      execute format('grant execute on function %s to service_role', function);
    end loop;
  end if;
end
$$;

insert into public.schema_version (version, description) values (2, 'Trash, and functions that clean up')
on conflict (version) do nothing;
