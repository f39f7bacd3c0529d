-- Into the trash and back. All decisions are taken here, under locks: what a client read a moment ago is no reason.
-- A call that is repeated with its run's id does nothing more, and has the same answer.

create or replace function public.supastore_check_obstacles() returns void
language plpgsql stable set search_path = '' as $$
declare
  obstacles text[] := public.supastore_obstacles();
begin
  if obstacles <> '{}' then
    raise exception 'deleting is not safe here: %', array_to_string(obstacles, ', ') using errcode = 'SS002';
  end if;
end
$$;

-- Moves rows into the trash, those for which `rule` still holds: the one place where rows of files are deleted.
-- A link takes a lock on its file's row until it is committed, so once the row is locked here every link is either
-- committed or waits, and then fails. The second statement has a snapshot of its own and sees those that are committed;
-- in one statement with the lock it would not.
create or replace function public.supastore_move_to_trash(
  ids uuid[], rule text, run uuid, age interval, most_links bigint, of_conversation text) returns jsonb
language plpgsql volatile set search_path = '' as $$
#variable_conflict use_variable
declare
  locked uuid[];
begin
  if rule in ('orphan', 'expired') then
    -- Whoever holds a row at this moment wants it, or is another cleaner.
    select array_agg(l.id) into locked
      from (select f.id from public.files f where f.id = any (ids) order by f.id for update skip locked) l;
  else
    select array_agg(l.id) into locked
      from (select f.id from public.files f where f.id = any (ids) order by f.id for update) l;
  end if;

  with gone as (
    delete from public.files f
    where f.id = any (locked)
      -- Anybody's row may name any bucket; what is deleted lies in these two.
      and public.supastore_bucket(f.metadata, f.file_type::text) in ('user-files', 'generated-files')
      -- A call that comes again does not undo what was stored since.
      and not exists (
        select from public.supastore_audit a where a.run_id = run and a.action = 'trash' and a.file_id = f.id)
      and (most_links is null
        or (select count(*) from public.conversation_files l where l.file_id = f.id) <= most_links)
      and (rule <> 'orphan' or f.created_at < now() - age)
      and (rule <> 'expired' or public.supastore_moment(f.metadata ->> 'expires_at') < now())
    returning f.id, public.supastore_bucket(f.metadata, f.file_type::text) as bucket, f.storage_path as key,
      f.size_bytes::bigint as row_bytes, f.metadata ->> 'sha256' as sha256, to_jsonb(f) as file,
      (select coalesce(jsonb_agg(jsonb_build_object(
          'continuation_id', c.continuation_id, 'conversation_id', c.id, 'added_at', l.added_at)), '[]')
        from public.conversation_files l join public.conversations c on c.id = l.conversation_id
        where l.file_id = f.id) as links
  ), sized as (
    select gone.*, coalesce((o.metadata ->> 'size')::bigint, gone.row_bytes) as size_bytes, o.version
    from gone left join storage.objects o on o.bucket_id = gone.bucket and o.name = gone.key
  ), entries as (
    insert into public.supastore_trash
      (bucket, key, rule, run_id, file_id, file, links, continuation_id, size_bytes, sha256, object_version)
    select g.bucket, g.key, rule, run, g.id, g.file, g.links, of_conversation, g.size_bytes, g.sha256, g.version
    from sized g
    on conflict (bucket, key) do update set state = 'trashed', rule = excluded.rule, run_id = excluded.run_id,
      trashed_at = now(), file_id = excluded.file_id, file = excluded.file, links = excluded.links,
      continuation_id = excluded.continuation_id, size_bytes = excluded.size_bytes, sha256 = excluded.sha256,
      object_version = excluded.object_version, claimed_at = null, claim_run_id = null, purged_at = null
    returning *
  )
  insert into public.supastore_audit (action, run_id, rule, bucket, key, file_id, sha256, size_bytes, detail)
    select 'trash', e.run_id, e.rule, e.bucket, e.key, e.file_id, e.sha256, e.size_bytes,
      jsonb_build_object('file', e.file, 'links', e.links) from entries e;

  return (
    select coalesce(jsonb_agg(to_jsonb(t)), '[]') from public.supastore_trash t
    where t.file_id = any (ids) and t.run_id = run and t.rule = rule and t.state = 'trashed');
end
$$;

-- Each of the three below answers with the entries of the trash that the run made of these files.
create or replace function public.supastore_trash_orphans(ids uuid[], age interval, run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' as $$
begin
  perform public.supastore_check_obstacles();
  return public.supastore_move_to_trash(ids, 'orphan', run, age, 0, null);
end
$$;

create or replace function public.supastore_trash_expired(ids uuid[], run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' as $$
begin
  perform public.supastore_check_obstacles();
  return public.supastore_move_to_trash(ids, 'expired', run, null, null, null);
end
$$;

-- Files that somebody named, but none with more links than `most_links`; null for any number.
create or replace function public.supastore_trash_files(ids uuid[], most_links bigint, run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' as $$
begin
  perform public.supastore_check_obstacles();
  return public.supastore_move_to_trash(ids, 'deleted', run, null, most_links, null);
end
$$;

-- Objects that no row describes; `objects` is an array of {bucket, key}.
create or replace function public.supastore_trash_objects(objects jsonb, age interval, run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' as $$
#variable_conflict use_variable
begin
  perform public.supastore_check_obstacles();
  -- No row is being stored from here on; those that were are committed, and the next statement sees them.
  perform pg_advisory_xact_lock(8319679450488008562);
  with entries as (
    insert into public.supastore_trash (bucket, key, rule, run_id, file_id, size_bytes, sha256, object_version)
    select o.bucket_id, o.name, 'object', run,
      public.supastore_marker(o.user_metadata),
      (o.metadata ->> 'size')::bigint, o.user_metadata ->> 'sha256', o.version
    from jsonb_to_recordset(objects) as asked (bucket text, key text)
    join storage.objects o on o.bucket_id = asked.bucket and o.name = asked.key
    where o.bucket_id in ('user-files', 'generated-files') and public.supastore_marker(o.user_metadata) is not null
      and greatest(o.created_at, o.updated_at) < now() - age
      and not exists (select from public.files f where f.storage_path = o.name)
      and not exists (select from public.files f where f.id = public.supastore_marker(o.user_metadata))
      and not exists (
        select from public.supastore_trash t
        where t.file_id = public.supastore_marker(o.user_metadata) and t.state <> 'purged')
      and not exists (
        select from public.supastore_audit a
        where a.run_id = run and a.action = 'trash' and a.bucket = o.bucket_id and a.key = o.name)
    on conflict (bucket, key) do update set state = 'trashed', rule = excluded.rule, run_id = excluded.run_id,
      trashed_at = now(), file_id = excluded.file_id, file = null, links = '[]', continuation_id = null,
      size_bytes = excluded.size_bytes, sha256 = excluded.sha256, object_version = excluded.object_version,
      claimed_at = null, claim_run_id = null, purged_at = null
      where supastore_trash.state = 'purged'
    returning *
  )
  insert into public.supastore_audit (action, run_id, rule, bucket, key, file_id, sha256, size_bytes)
    select 'trash', e.run_id, e.rule, e.bucket, e.key, e.file_id, e.sha256, e.size_bytes from entries e;
  return (
    select coalesce(jsonb_agg(to_jsonb(t)), '[]')
    from jsonb_to_recordset(objects) as asked (bucket text, key text)
    join public.supastore_trash t on t.bucket = asked.bucket and t.key = asked.key
    where t.run_id = run and t.rule = 'object' and t.state = 'trashed');
end
$$;

-- Deletes a conversation with its messages; files that only it refers to go into the trash. Null when there is none.
-- The answer counts what was trashed: there may be more of it than one answer holds, and the run's id finds it.
create or replace function public.supastore_delete_conversation(conversation uuid, run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' set statement_timeout = '60s' as $$
#variable_conflict use_variable
declare
  found_row public.conversations;
  ids uuid[];
  result jsonb;
begin
  perform public.supastore_check_obstacles();
  -- From here on nothing is linked to it.
  select * into found_row from public.conversations c where c.id = conversation for update;
  if not found then
    return (
      select a.detail from public.supastore_audit a
      where a.run_id = run and a.action = 'conversation' and a.detail #>> '{conversation,id}' = conversation::text);
  end if;
  select array_agg(l.file_id) into ids from public.conversation_files l where l.conversation_id = conversation;
  result := jsonb_build_object(
    'conversation', to_jsonb(found_row), 'trashed_count', jsonb_array_length(
      public.supastore_move_to_trash(ids, 'conversation', run, null, 1, found_row.continuation_id)));
  result := result || jsonb_build_object(
    'message_count', (select count(*) from public.messages m where m.conversation_id = conversation),
    'shared', (select coalesce(jsonb_agg(f.id), '[]') from public.files f where f.id = any (ids)));
  insert into public.supastore_audit (action, run_id, rule, detail) values ('conversation', run, 'conversation', result);
  delete from public.conversation_files l where l.conversation_id = conversation;
  delete from public.messages m where m.conversation_id = conversation;
  delete from public.conversations c where c.id = conversation;
  return result;
end
$$;

-- Puts a row of files back; false when its path or id is taken. Columns that came into the table since have their defaults.
create or replace function public.supastore_insert_file(file jsonb) returns boolean
language plpgsql volatile set search_path = '' as $$
declare
  columns text := (
    select string_agg(format('%I', attname), ', ' order by attnum) from pg_attribute
    where attrelid = 'public.files'::regclass and attnum > 0 and not attisdropped and attgenerated = ''
      and file ? attname);
  row_count integer;
begin
  execute format(
    'insert into public.files (%1$s) select %1$s from jsonb_populate_record(null::public.files, $1) on conflict do nothing',
    columns) using file;
  get diagnostics row_count = row_count;
  return row_count > 0;
end
$$;

-- Brings entries back, all in this transaction: row, path, and the links to conversations that exist; also those whose
-- purge came to no end and left the object. Answers with {bucket, key, result} for each: restored, taken (another row has
-- the path or the id), purging, purged, absent.
create or replace function public.supastore_restore(objects jsonb, run uuid) returns jsonb
language plpgsql volatile security definer set search_path = '' set lock_timeout = '5s' as $$
#variable_conflict use_variable
declare
  asked record;
  entry public.supastore_trash;
  result text;
  results jsonb := '[]';
  file_id uuid;
  link_count integer;
  has_object boolean;
begin
  -- Before the locks on entries, as the trigger does it.
  perform pg_advisory_xact_lock_shared(8319679450488008562);
  for asked in
    select distinct a.bucket, a.key from jsonb_to_recordset(objects) as a (bucket text, key text) order by 2, 1
  loop
    has_object := exists (select from storage.objects o where o.bucket_id = asked.bucket and o.name = asked.key);
    select a.file_id, a.detail ->> 'link_count' into file_id, link_count from public.supastore_audit a
      where a.run_id = run and a.action = 'restore' and a.bucket = asked.bucket and a.key = asked.key
      order by a.seq desc limit 1;
    if found then
      result := 'restored';
    else
      link_count := 0;
      select * into entry from public.supastore_trash t where t.bucket = asked.bucket and t.key = asked.key for update;
      file_id := entry.file_id;
      if entry.key is null then
        result := 'absent';
      elsif entry.state = 'purged'
        or entry.state = 'purging' and (entry.claimed_at > now() - interval '60 seconds' or not has_object) then
        result := entry.state;
      else
        result := 'restored';
        -- The trigger that looks for entries finds none.
        delete from public.supastore_trash t where t.bucket = entry.bucket and t.key = entry.key;
        if entry.file is not null then
          if public.supastore_insert_file(entry.file) then
            insert into public.conversation_files (conversation_id, file_id, added_at)
              select c.id, entry.file_id, l.added_at
              from jsonb_to_recordset(entry.links) as l (continuation_id text, added_at timestamptz)
              join public.conversations c on c.continuation_id = l.continuation_id
              for key share of c
              on conflict do nothing;
            get diagnostics link_count = row_count;
          else
            result := 'taken';
            insert into public.supastore_trash select entry.*;
          end if;
        end if;
        if result = 'restored' then
          insert into public.supastore_audit (action, run_id, rule, bucket, key, file_id, sha256, size_bytes, detail)
            values ('restore', run, entry.rule, entry.bucket, entry.key, entry.file_id, entry.sha256, entry.size_bytes,
              jsonb_build_object('link_count', link_count));
        end if;
      end if;
    end if;
    results := results || jsonb_build_object(
      'bucket', asked.bucket, 'key', asked.key, 'file_id', file_id, 'result', result,
      'link_count', coalesce(link_count, 0), 'has_object', has_object);
  end loop;
  return results;
end
$$;
