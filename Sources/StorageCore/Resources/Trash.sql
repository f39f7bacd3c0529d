-- The trash: schema version 2. Whatever is deleted comes here first, its object stays where it is, and all of it can be
-- brought back. Programs that know version 1 only go on working.

-- One entry for each object: as (bucket, key) in Storage, where key is the storage_path of its row.
--   trashed  can be restored; nothing was deleted yet.
--   purging  its object may be deleted at any moment from claimed_at on, and up to 60 seconds later.
--   purged   its object is gone. The entry stays as a record, until an object and a row are on its path again.
create table if not exists public.supastore_trash (
  bucket text not null,
  key text not null,
  state text not null default 'trashed' check (state in ('trashed', 'purging', 'purged')),
  rule text not null check (rule in ('orphan', 'expired', 'object', 'deleted', 'conversation')),
  run_id uuid not null,
  trashed_at timestamptz not null default now(),
  file_id uuid,
  file jsonb,
  links jsonb not null default '[]',
  continuation_id text,
  size_bytes bigint,
  sha256 text,
  object_version text,
  claimed_at timestamptz,
  claim_run_id uuid,
  purged_at timestamptz,
  primary key (bucket, key)
);
comment on column public.supastore_trash.file is 'The row of files, whole; null where an object had none.';
comment on column public.supastore_trash.links is 'The conversations it was linked to.';
comment on column public.supastore_trash.object_version is 'Of its object when it came here: another one is not purged.';
comment on column public.supastore_trash.continuation_id is 'Of the conversation that it was deleted with.';

create index if not exists supastore_trash_order on public.supastore_trash (trashed_at, bucket, key);
create index if not exists supastore_trash_file on public.supastore_trash (file_id);
create index if not exists supastore_trash_run on public.supastore_trash (run_id);
create index if not exists supastore_trash_key on public.supastore_trash (key);
create index if not exists supastore_trash_conversation on public.supastore_trash (continuation_id);

-- Everything that was taken away or brought back, written in the transaction that does it; never changed.
create table if not exists public.supastore_audit (
  seq bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  action text not null check (action in ('trash', 'restore', 'revive', 'purge', 'purged', 'conversation')),
  run_id uuid,
  rule text,
  bucket text,
  key text,
  file_id uuid,
  sha256 text,
  size_bytes bigint,
  detail jsonb
);

create index if not exists supastore_audit_run on public.supastore_audit (run_id);

alter table public.supastore_trash enable row level security;
alter table public.supastore_audit enable row level security;

create index if not exists supastore_files_sha256 on public.files ((metadata ->> 'sha256'));
create index if not exists supastore_files_expires_at on public.files ((metadata ->> 'expires_at'))
  where metadata ->> 'expires_at' is not null;

-- The bucket of a row's object: what the row says, else what its type implies. In this and the next every name says
-- its schema in place of a search path being set: a function with settings is called for each row, one without becomes a
-- part of the query.
create or replace function public.supastore_bucket(metadata jsonb, file_type text) returns text
language sql immutable as $$
  select case
    when pg_catalog.jsonb_typeof(metadata operator(pg_catalog.->) 'bucket') operator(pg_catalog.=) 'string'
      then metadata operator(pg_catalog.->>) 'bucket'
    when file_type operator(pg_catalog.=) 'user_upload' then 'user-files'
    else 'generated-files'
  end
$$;

-- The id that an object of ours carries; null for the objects of others.
create or replace function public.supastore_marker(user_metadata jsonb) returns uuid
language sql immutable as $$
  select case
    when (user_metadata operator(pg_catalog.->>) 'supastore')
      operator(pg_catalog.~) '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then (user_metadata operator(pg_catalog.->>) 'supastore')::pg_catalog.uuid end
$$;

-- A moment as ISO 8601 writes it, with its zone; null for anything else.
create or replace function public.supastore_moment(written text) returns timestamptz
language plpgsql stable set search_path = '' as $$
begin
  if written ~ '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)$' then
    return written::timestamptz;
  end if;
  return null;
exception when others then
  return null;
end
$$;

-- A row is stored on a path: if the path is in the trash, that ends here. While its object may still be deleted, and as
-- long as there is none, there must be no row: SQLSTATE SS001. After the insert, so that an entry is seen which was
-- committed while the insert waited for the row that was on the path before.
create or replace function public.supastore_file_stored() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  stored_in text := public.supastore_bucket(new.metadata, new.file_type::text);
  entry public.supastore_trash;
begin
  if tg_op = 'UPDATE' and new.storage_path = old.storage_path
    and stored_in = public.supastore_bucket(old.metadata, old.file_type::text) then
    return null;
  end if;
  -- Held to the end of the transaction: nobody claims the path between the look below and the commit.
  perform pg_advisory_xact_lock_shared(8319679450488008562);
  select * into entry from public.supastore_trash
    where bucket = stored_in and key = new.storage_path for update;
  if not found then
    if current_setting('transaction_isolation') <> 'read committed' then
      -- The snapshot may be older than an entry; then making one fails (40001).
      insert into public.supastore_trash (bucket, key, rule, run_id)
        values (stored_in, new.storage_path, 'object', gen_random_uuid()) on conflict do nothing;
      delete from public.supastore_trash where bucket = stored_in and key = new.storage_path;
    end if;
    return null;
  end if;
  if entry.state = 'purging' and entry.claimed_at > now() - interval '60 seconds' then
    raise exception 'the object on % is being deleted', new.storage_path using errcode = 'SS001';
  end if;
  -- Whoever saw the object before it was deleted would store a row without one.
  if entry.state <> 'trashed'
    and not exists (select from storage.objects o where o.bucket_id = entry.bucket and o.name = entry.key)
  then
    raise exception 'the object on % was deleted', new.storage_path using errcode = 'SS001';
  end if;
  delete from public.supastore_trash where bucket = entry.bucket and key = entry.key;
  insert into public.supastore_audit (action, run_id, rule, bucket, key, file_id, sha256, size_bytes, detail)
    values ('revive', entry.run_id, entry.rule, entry.bucket, entry.key, new.id, entry.sha256, entry.size_bytes, entry.file);
  return null;
end
$$;

create or replace trigger supastore_file_stored
  after insert or update of storage_path, file_type, metadata on public.files
  for each row execute function public.supastore_file_stored();
