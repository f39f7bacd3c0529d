-- The tables that the users deployed as schema version 1.
set search_path = public, extensions;

create type message_role as enum ('user', 'assistant', 'system');
create type file_type as enum ('user_upload', 'generated', 'cache');

create table conversations (
  id uuid primary key default uuid_generate_v4(),
  continuation_id text not null unique,
  title text,
  metadata jsonb default '{}',
  created_at timestamptz default now(),
  updated_at timestamptz default now()
);

create table messages (
  id uuid primary key default uuid_generate_v4(),
  conversation_id uuid references conversations (id) on delete cascade,
  role message_role not null,
  content text not null,
  metadata jsonb default '{}',
  created_at timestamptz default now()
);

create table files (
  id uuid primary key default uuid_generate_v4(),
  storage_path text not null unique,
  original_name text not null,
  mime_type text,
  size_bytes integer,
  file_type file_type not null default 'user_upload',
  metadata jsonb default '{}',
  created_at timestamptz default now()
);
comment on column files.metadata is 'hash, encoding and how the file was processed';

create table conversation_files (
  conversation_id uuid references conversations (id) on delete cascade,
  file_id uuid references files (id) on delete cascade,
  added_at timestamptz default now(),
  primary key (conversation_id, file_id)
);

create table schema_version (
  version integer primary key,
  applied_at timestamptz default now(),
  description text
);

create index idx_conversations_continuation_id on conversations (continuation_id);
create index idx_conversations_created_at on conversations (created_at desc);
create index idx_messages_conversation_id on messages (conversation_id);
create index idx_messages_created_at on messages (created_at);
create index idx_files_storage_path on files (storage_path);
create index idx_files_file_type on files (file_type);
create index idx_files_created_at on files (created_at desc);
create index idx_conversation_files_conversation_id on conversation_files (conversation_id);
create index idx_conversation_files_file_id on conversation_files (file_id);

create function update_updated_at_column() returns trigger language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end
$$;

create trigger update_conversations_updated_at before update on conversations
  for each row execute function update_updated_at_column();

insert into schema_version (version, description)
  values (1, 'Initial schema: conversations, messages, files, conversation_files');

-- Deployed when projects still opened new tables to everybody who has a key.
grant all on all tables in schema public to anon, authenticated, service_role;
grant all on all sequences in schema public to anon, authenticated, service_role;
grant all on all functions in schema public to anon, authenticated, service_role;
