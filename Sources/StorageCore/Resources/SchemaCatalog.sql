-- What stands in the schema public, as PostgreSQL writes it, for `supastore schema --check`: an array of {kind, relation,
-- name, properties}. Of functions only those of supastore.
create or replace function public.supastore_schema() returns jsonb
language sql stable security definer set search_path = '' as $$
  with relations as (
    select c.oid, c.relname::text as name, c.relrowsecurity from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
  ), callers as (
    select r.rolname::text as name from pg_roles r where r.rolname in ('anon', 'authenticated', 'service_role')
  ), items (kind, relation, name, properties) as (
    select 'table', r.name, r.name, (
      select coalesce(jsonb_object_agg(c.name || '_' || p.name,
        case when has_table_privilege(c.name, r.oid, p.name) then 'yes' else 'no' end), '{}')
      from callers c cross join unnest(array['select', 'insert', 'update', 'delete']) p (name)
      where c.name = 'service_role') || jsonb_build_object(
      'row_security', case when r.relrowsecurity then 'on' else 'off' end,
      'access', (
        select string_agg(format('%s %s', c.name, p.name), ', ' order by c.name, p.at) from callers c
        cross join unnest(array['select', 'insert', 'update', 'delete', 'truncate']) with ordinality p (name, at)
        where has_table_privilege(c.name, r.oid, p.name)))
    from relations r
    union all
    select 'column', r.name, a.attname::text, jsonb_build_object(
      'type', format_type(a.atttypid, a.atttypmod), 'nullable', case when a.attnotnull then 'no' else 'yes' end,
      'default', pg_get_expr(d.adbin, d.adrelid),
      'identity', case a.attidentity when 'a' then 'always' when 'd' then 'by default' end)
    from relations r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = r.oid and d.adnum = a.attnum
    union all
    select 'enum_label', t.typname::text, e.enumlabel::text, '{}'
    from pg_enum e join pg_type t on t.oid = e.enumtypid where t.typnamespace = 'public'::regnamespace
    union all
    select 'constraint', r.name, pg_get_constraintdef(c.oid), '{}'
    from relations r join pg_constraint c on c.conrelid = r.oid where c.contype in ('c', 'f', 'p', 'u')
    union all
    select 'index', r.name, i.relname::text, jsonb_build_object(
      'definition', pg_get_indexdef(i.oid), 'valid', case when x.indisvalid then 'yes' else 'no' end)
    from relations r join pg_index x on x.indrelid = r.oid join pg_class i on i.oid = x.indexrelid
    where not exists (select from pg_constraint c where c.conindid = i.oid and c.contype in ('p', 'u', 'x'))
    union all
    select 'trigger', r.name, t.tgname::text, jsonb_build_object(
      'definition', pg_get_triggerdef(t.oid), 'enabled', case when t.tgenabled in ('O', 'A') then 'yes' else 'no' end)
    from relations r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
    union all
    select 'function', null, p.proname::text, jsonb_build_object(
      'arguments', pg_get_function_identity_arguments(p.oid), 'result', pg_get_function_result(p.oid),
      'language', l.lanname, 'volatility',
      case p.provolatile when 'i' then 'immutable' when 's' then 'stable' else 'volatile' end,
      'security', case when p.prosecdef then 'definer' else 'invoker' end,
      'settings', (select string_agg(replace(s, '""', ''''''), ', ' order by s) from unnest(p.proconfig) s),
      'executable_by', (
        select string_agg(c.name, ', ' order by c.name) from callers c
        where has_function_privilege(c.name, p.oid, 'execute')),
      'body', md5(replace(p.prosrc, chr(13), '')))
    from pg_proc p join pg_language l on l.oid = p.prolang
    where p.pronamespace = 'public'::regnamespace and p.proname like 'supastore\_%'
  )
  select coalesce(jsonb_agg(to_jsonb(i)), '[]') from items i
$$;
