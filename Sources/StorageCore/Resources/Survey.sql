-- What may be cleaned away. For reading only: each function that removes something decides anew.

-- What holds to a rule, in the order of (key, bucket), after a place in that order.
--   orphan      rows without a link, made longer ago than age
--   expired     rows whose metadata.expires_at is over
--   object      objects of ours that no row describes, untouched for longer than age
--   purge       entries of the trash that are older than age
--   unfinished  entries whose purge was begun, and not within the last 60 seconds
--   missing     rows without an object
create or replace function public.supastore_found(
  wanted text, age interval, after_key text default null, after_bucket text default null, row_limit integer default null)
returns table (
  bucket text, key text, file_id uuid, since timestamptz, size_bytes bigint, sha256 text, link_count bigint, file jsonb)
language plpgsql stable set search_path = '' as $$
#variable_conflict use_column
begin
  if wanted in ('orphan', 'expired', 'missing') then
    return query
      select b.bucket, f.storage_path, f.id,
        case wanted when 'expired' then public.supastore_moment(f.metadata ->> 'expires_at') else f.created_at end,
        coalesce((o.metadata ->> 'size')::bigint, f.size_bytes), f.metadata ->> 'sha256',
        (select count(*) from public.conversation_files l where l.file_id = f.id), to_jsonb(f)
      from public.files f
      cross join lateral (select public.supastore_bucket(f.metadata, f.file_type::text) as bucket) b
      left join storage.objects o on o.bucket_id = b.bucket and o.name = f.storage_path
      where (after_key is null or f.storage_path > after_key)
        and case wanted
          when 'orphan' then b.bucket in ('user-files', 'generated-files') and f.created_at < now() - age
            and not exists (select from public.conversation_files l where l.file_id = f.id)
          when 'expired' then b.bucket in ('user-files', 'generated-files')
            and f.metadata ->> 'expires_at' is not null
            and public.supastore_moment(f.metadata ->> 'expires_at') < now()
          else o.id is null
        end
      order by f.storage_path limit row_limit;
  elsif wanted = 'object' then
    return query
      select o.bucket_id, o.name,
        public.supastore_marker(o.user_metadata),
        greatest(o.created_at, o.updated_at), (o.metadata ->> 'size')::bigint, o.user_metadata ->> 'sha256',
        0::bigint, null::jsonb
      from storage.objects o
      where o.bucket_id in ('user-files', 'generated-files') and public.supastore_marker(o.user_metadata) is not null
        and greatest(o.created_at, o.updated_at) < now() - age
        and not exists (select from public.files f where f.storage_path = o.name)
        and not exists (
          select from public.supastore_trash t where t.bucket = o.bucket_id and t.key = o.name and t.state <> 'purged')
        -- One that was moved or copied carries the mark of the file it was, and may be its only content.
        and not exists (select from public.files f where f.id = public.supastore_marker(o.user_metadata))
        and not exists (
          select from public.supastore_trash t
          where t.file_id = public.supastore_marker(o.user_metadata) and t.state <> 'purged')
        and (after_key is null or (o.name, o.bucket_id) > (after_key, after_bucket))
      order by o.name, o.bucket_id limit row_limit;
  elsif wanted in ('purge', 'unfinished') then
    return query
      select t.bucket, t.key, t.file_id, case wanted when 'purge' then t.trashed_at else t.claimed_at end, t.size_bytes,
        t.sha256, jsonb_array_length(t.links)::bigint, t.file
      from public.supastore_trash t
      where case wanted
          when 'purge' then t.state = 'trashed' and t.trashed_at <= now() - age
          else t.state = 'purging' and t.claimed_at <= now() - interval '60 seconds'
        end
        and (after_key is null or (t.key, t.bucket) > (after_key, after_bucket))
      order by t.key, t.bucket limit row_limit;
  else
    raise exception 'no rule %', wanted using errcode = '22023';
  end if;
end
$$;

-- What stands between the rows and a right decision about them; empty when nothing does.
create or replace function public.supastore_obstacles() returns text[]
language plpgsql stable set search_path = '' as $$
declare
  hidden text[];
begin
  select array_agg(name) into hidden
    from unnest(array[
      'public.files', 'public.conversation_files', 'public.conversations', 'public.supastore_trash', 'storage.objects']) name
    where row_security_active(name::regclass);
  return array_remove(array[
    case when hidden is not null then 'rls' end,
    -- In an older snapshot what was committed while a lock was waited for does not show.
    case when current_setting('transaction_isolation') <> 'read committed' then 'isolation' end,
    case when not exists (
      select from pg_constraint k where contype = 'f' and convalidated and conrelid = 'public.conversation_files'::regclass
        and confrelid = 'public.files'::regclass and not exists (
          select from pg_trigger where tgconstraint = k.oid and tgenabled not in ('O', 'A'))) then 'foreign_key' end,
    case when not exists (
      select from pg_trigger where tgrelid = 'public.files'::regclass and tgname = 'supastore_file_stored'
        and tgenabled in ('O', 'A')) then 'trigger' end], null);
end
$$;

-- How much there is, and how much of it holds to each rule: all from one snapshot. PostgREST takes the time-out over.
create or replace function public.supastore_survey(grace interval, purge_after interval) returns jsonb
language plpgsql stable security definer set search_path = '' set statement_timeout = '60s' as $$
begin
  return jsonb_build_object(
    'time', now(),
    'caller_bypasses_rls', coalesce((select rolbypassrls or rolsuper from pg_roles
      where rolname = coalesce(nullif(current_setting('role', true), 'none'), session_user)), false),
    'obstacles', public.supastore_obstacles(),
    'files', (select count(*) from public.files),
    'links', (select count(*) from public.conversation_files),
    'conversations', (select count(*) from public.conversations),
    'rules', (
      select jsonb_object_agg(rule, (
        select jsonb_build_object('count', count(*), 'size_bytes', coalesce(sum(size_bytes), 0))
          from public.supastore_found(rule, case rule when 'purge' then purge_after else grace end)))
      from unnest(array['orphan', 'expired', 'object', 'purge', 'unfinished', 'missing']) rule));
end
$$;

-- The next of what holds to a rule, as a JSON array: no limit on rows cuts it short.
create or replace function public.supastore_candidates(
  rule text, age interval, after_key text, after_bucket text, row_limit integer) returns jsonb
language sql stable security definer set search_path = '' set statement_timeout = '60s' as $$
  select coalesce(jsonb_agg(to_jsonb(found) order by found.key, found.bucket), '[]')
    from public.supastore_found(rule, age, after_key, after_bucket, row_limit) found
$$;
