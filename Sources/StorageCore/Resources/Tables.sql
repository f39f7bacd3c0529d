-- The tables supastore works on: schema version 1.

-- Which tables are older than this: who may use those is not changed without being asked to.
do $$
begin
  perform set_config('supastore.older_tables', coalesce((
    select string_agg(c.relname, ',') from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')), ''), true);
end
$$;

create schema if not exists extensions;
create extension if not exists "uuid-ossp" with schema extensions;

do $$
begin
  if to_regtype('public.message_role') is null then
    create type public.message_role as enum ('user', 'assistant', 'system');
  end if;
  if to_regtype('public.file_type') is null then
    create type public.file_type as enum ('user_upload', 'generated', 'cache');
  end if;
end
$$;

create table if not exists public.conversations (
  id uuid primary key default extensions.uuid_generate_v4(),
  continuation_id text unique not null,
  title text,
  metadata jsonb default '{}',
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table if not exists public.messages (
  id uuid primary key default extensions.uuid_generate_v4(),
  conversation_id uuid references public.conversations (id) on delete cascade,
  role public.message_role not null,
  content text not null,
  metadata jsonb default '{}',
  created_at timestamptz default now()
);

create table if not exists public.files (
  id uuid primary key default extensions.uuid_generate_v4(),
  storage_path text unique not null,
  original_name text not null,
  mime_type text,
  size_bytes integer,
  file_type public.file_type not null default 'user_upload',
  metadata jsonb default '{}',
  created_at timestamptz default now()
);

create table if not exists public.conversation_files (
  conversation_id uuid references public.conversations (id) on delete cascade,
  file_id uuid references public.files (id) on delete cascade,
  added_at timestamptz default now(),
  primary key (conversation_id, file_id)
);

create table if not exists public.schema_version (
  version integer primary key,
  applied_at timestamptz default now(),
  description text
);

create index if not exists idx_conversations_continuation_id on public.conversations (continuation_id);
create index if not exists idx_conversations_created_at on public.conversations (created_at desc);
create index if not exists idx_messages_conversation_id on public.messages (conversation_id);
create index if not exists idx_messages_created_at on public.messages (created_at);
create index if not exists idx_files_storage_path on public.files (storage_path);
create index if not exists idx_files_file_type on public.files (file_type);
create index if not exists idx_files_created_at on public.files (created_at desc);
create index if not exists idx_conversation_files_conversation_id on public.conversation_files (conversation_id);
create index if not exists idx_conversation_files_file_id on public.conversation_files (file_id);

do $$
begin
  if not exists (select from pg_trigger where tgrelid = 'public.conversations'::regclass and not tgisinternal) then
    create or replace function public.update_updated_at_column() returns trigger language plpgsql as $function$
    begin
      new.updated_at = now();
      return new;
    end
    $function$;
    create trigger update_conversations_updated_at before update on public.conversations
      for each row execute function public.update_updated_at_column();
  end if;
end
$$;

insert into public.schema_version (version, description)
values (1, 'Initial schema: conversations, messages, files, conversation_files')
on conflict (version) do nothing;
