-- Out of the trash, for good: claim, delete through the Storage API, prove, finish.

-- Claims entries, those older than `age`, so that their objects may be deleted; answers with the claimed ones. The caller
-- sends its DELETEs within 30 seconds and waits at most 20 seconds for each.
create or replace function public.supastore_claim_purge(objects jsonb, age interval, run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' as $$
#variable_conflict use_variable
declare
  claimed jsonb;
begin
  perform public.supastore_check_obstacles();
  -- No row is being stored from here on; those that were are committed, and the next statements see them.
  perform pg_advisory_xact_lock(8319679450488008562);
  -- A path that a row holds is in use, whatever the trash says; and an object that was written since is another one.
  with revived as (
    delete from public.supastore_trash t
    using jsonb_to_recordset(objects) as asked (bucket text, key text)
    where t.bucket = asked.bucket and t.key = asked.key
      and (exists (
          select from public.files f
          where f.storage_path = t.key and public.supastore_bucket(f.metadata, f.file_type::text) = t.bucket)
        or t.state = 'trashed' and exists (
          select from storage.objects o
          where o.bucket_id = t.bucket and o.name = t.key and o.version is distinct from t.object_version))
    returning t.*
  )
  insert into public.supastore_audit (action, run_id, rule, bucket, key, file_id, sha256, size_bytes, detail)
    select 'revive', run, r.rule, r.bucket, r.key, r.file_id, r.sha256, r.size_bytes, r.file from revived r;
  with entries as (
    update public.supastore_trash t set state = 'purging', claimed_at = clock_timestamp(), claim_run_id = run
    from jsonb_to_recordset(objects) as asked (bucket text, key text)
    where t.bucket = asked.bucket and t.key = asked.key
      and t.bucket in ('user-files', 'generated-files')
      -- Whichever bucket its row names.
      and not exists (select from public.files f where f.storage_path = t.key)
      and (t.state = 'trashed' and t.trashed_at <= now() - age
        or t.state = 'purging' and (t.claimed_at <= now() - interval '60 seconds' or t.claim_run_id = run))
    returning t.*
  ), audited as (
    insert into public.supastore_audit (action, run_id, rule, bucket, key, file_id, sha256, size_bytes, detail)
    select 'purge', run, e.rule, e.bucket, e.key, e.file_id, e.sha256, e.size_bytes, e.file from entries e
  )
  select jsonb_agg(to_jsonb(e)) into claimed from entries e;
  return coalesce(claimed, '[]');
end
$$;

-- Ends the purge of entries whose objects are gone, 60 seconds after they were claimed at the earliest; answers with
-- those that are ended. The entry stays: it keeps rows off the path as long as there is no object.
create or replace function public.supastore_finish_purge(objects jsonb, run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' as $$
#variable_conflict use_variable
begin
  with entries as (
    update public.supastore_trash t set state = 'purged', purged_at = now()
    from jsonb_to_recordset(objects) as asked (bucket text, key text)
    where t.bucket = asked.bucket and t.key = asked.key
      and t.state = 'purging' and t.claimed_at <= now() - interval '60 seconds'
      and not exists (select from storage.objects o where o.bucket_id = t.bucket and o.name = t.key)
    returning t.*
  )
  insert into public.supastore_audit (action, run_id, rule, bucket, key, file_id, sha256, size_bytes)
    select 'purged', run, e.rule, e.bucket, e.key, e.file_id, e.sha256, e.size_bytes from entries e;
  return (
    select coalesce(jsonb_agg(to_jsonb(t)), '[]')
    from jsonb_to_recordset(objects) as asked (bucket text, key text)
    join public.supastore_trash t on t.bucket = asked.bucket and t.key = asked.key and t.state = 'purged');
end
$$;
