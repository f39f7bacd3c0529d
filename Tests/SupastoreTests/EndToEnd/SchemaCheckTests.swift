import TestSupport
import Testing

/// `schema --check`.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SchemaCheckTests {
  private let supastore: Supastore
  private var project: StandInInstance { supastore.project }

  init() throws {
    supastore = try Supastore()
  }

  private static let apply = "run `supastore schema | psql \"$DB_URL\"`"

  @Test func `the database that the schema makes has all of it and nothing else`() async throws {
    try await supastore.installSchema(restricting: true)
    let check = try await supastore("schema", "--check", "--verbose")
    #expect(check.exitStatus == 0)
    #expect(check.output.hasPrefix("schema: version 2 is all there: 7 tables, "))
    #expect(check.output.split(separator: "\n").count == 1)
    // What the text of the schema was not understood to make would be told as somebody else's.
    #expect(!check.errors.contains("not of the schema"), "\(check.errors)")
    let summary = try #require(try await supastore("schema", "--check", "--json").documents.first)
    #expect(summary["differences"] == 0 && summary["complete"] == true && summary["version"] == 2)
    #expect(check.output.contains("\(try project.query(Self.functionCount)[0][0] ?? "") functions"))
  }

  private static let functionCount =
    "select count(*) from pg_proc where pronamespace = 'public'::regnamespace and proname like 'supastore%'"

  /// A statement that plants drift, the line that tells of it, and whether running the schema again mends it.
  struct Drift: CustomTestStringConvertible {
    let sql: String
    let line: String
    var isMended = true
    var testDescription: String { sql }
  }

  static let drifts = [
    Drift(
      sql: "alter table files drop column mime_type",
      line: "column files.mime_type: missing, should be text", isMended: false),
    Drift(
      sql: "alter table supastore_trash drop column sha256",
      line: "column supastore_trash.sha256: missing, should be text", isMended: false),
    Drift(
      sql: "alter table messages alter content type varchar",
      line: "column messages.content: type is character varying, should be text", isMended: false),
    Drift(
      sql: "alter table files alter original_name drop not null",
      line: "column files.original_name: nullable is yes, should be no", isMended: false),
    Drift(
      sql: "alter table files alter file_type set default 'cache'",
      line: "column files.file_type: default is 'cache'::public.file_type, should be 'user_upload'", isMended: false),
    Drift(
      sql: "alter table supastore_audit alter seq drop identity",
      line: "column supastore_audit.seq: identity is nothing, should be always", isMended: false),
    Drift(sql: "drop index idx_files_created_at", line: "index idx_files_created_at on files: missing"),
    Drift(
      sql: "drop index supastore_trash_run; create index supastore_trash_run on supastore_trash (rule)",
      line: "index supastore_trash_run on supastore_trash: definition is CREATE INDEX supastore_trash_run ON "
        + "public.supastore_trash USING btree (rule), should be create index if not exists supastore_trash_run on "
        + "public.supastore_trash (run_id)", isMended: false),
    Drift(
      sql: "drop trigger supastore_file_stored on files", line: "trigger supastore_file_stored on files: missing"),
    Drift(
      sql: "alter table files disable trigger supastore_file_stored",
      line: "trigger supastore_file_stored on files: enabled is no, should be yes"),
    Drift(
      sql: "drop trigger update_conversations_updated_at on conversations",
      line: "trigger update_conversations_updated_at on conversations: missing"),
    Drift(
      sql: "drop function supastore_survey(interval, interval)", line: "function supastore_survey: missing"),
    Drift(
      sql: """
        create or replace function supastore_bucket(metadata jsonb, file_type text) returns text
        language sql immutable as $$ select 'user-files' $$
        """,
      line: "function supastore_bucket: its body is not the one that this program prints"),
    Drift(
      sql: "grant execute on function supastore_trash_files to anon",
      line: "function supastore_trash_files: executable by is anon, service_role, should be service_role"),
    Drift(
      sql: "grant execute on function supastore_move_to_trash to public",
      line: "function supastore_move_to_trash: executable by is anon, authenticated, service_role, should be nothing"),
    Drift(
      sql: "revoke execute on function supastore_schema from service_role", line: "function supastore_schema: missing"),
    Drift(
      sql: "alter function supastore_restore security invoker",
      line: "function supastore_restore: security is invoker, should be definer"),
    Drift(
      sql: "alter function supastore_found reset search_path",
      line: "function supastore_found: settings is nothing, should be search_path=''"),
    Drift(
      sql: "alter table conversation_files drop constraint conversation_files_file_id_fkey",
      line: "constraint on conversation_files (foreign key (file_id) references public.files (id) on delete cascade): "
        + "missing", isMended: false),
    Drift(
      sql: "alter table files drop constraint files_storage_path_key",
      line: "constraint on files (unique (storage_path)): missing", isMended: false),
    Drift(
      sql: "alter table supastore_trash drop constraint supastore_trash_state_check",
      line: "constraint on supastore_trash (check (state in ('trashed', 'purging', 'purged'))): missing",
      isMended: false),
    Drift(
      sql: "alter table supastore_trash disable row level security",
      line: "table supastore_trash: row security is off, should be on"),
    Drift(
      sql: "grant insert on supastore_audit to anon",
      line: "table supastore_audit: access is anon insert, service_role select, should be service_role select"),
    Drift(
      sql: "drop table supastore_audit",
      line: "table supastore_audit: missing, with its columns seq, at, action, run_id, rule, bucket, key, file_id, "
        + "sha256, size_bytes, detail"),
  ]

  @Test(arguments: drifts)
  func `drift is found, and only that`(_ drift: Drift) async throws {
    try await supastore.installSchema(restricting: true)
    let planted = try await supastore.psql(project.databaseURL, drift.sql)
    try #require(planted.exitStatus == 0, "\(planted.errors)")
    let check = try await supastore("schema", "--check")
    #expect(check.exitStatus == 8)
    let lines = check.output.split(separator: "\n").map(String.init)
    let byHand = "1 to be mended by hand, for it changes no table that is there"
    #expect(lines == [drift.line, "schema: 1 difference; \(drift.isMended ? Self.apply : byHand)"])
    try await supastore.installSchema(restricting: true)
    #expect(try await supastore("schema", "--check").exitStatus == (drift.isMended ? 0 : 8))
  }

  @Test func `what is there besides is no difference, and told to those who ask`() async throws {
    try await supastore.installSchema(restricting: true)
    let own = try await supastore.psql(
      project.databaseURL,
      """
      create table own (id integer primary key); alter table files add column note text;
      alter type file_type add value 'other'; create index own_index on files (note);
      create function supastore_schema(x integer) returns integer language sql as 'select x';
      alter table conversations rename constraint conversations_continuation_id_key to renamed;
      create trigger own_trigger before update on conversations for each row execute function update_updated_at_column();
      drop trigger update_conversations_updated_at on conversations;
      """)
    try #require(own.exitStatus == 0, "\(own.errors)")
    let check = try await supastore("schema", "--check", "-v")
    #expect(check.exitStatus == 0, "\(check.output)")
    let others = check.errors.split(separator: "\n").compactMap { $0.split(separator: "not of the schema: ").last }
      .filter { !$0.hasPrefix("supastore:") }
    #expect(
      Set(others) == [
        "table own", "column files.note", "index own_index on files", "trigger own_trigger on conversations",
        "value other of type file_type",
      ])
    #expect(try await supastore("schema", "--check").errors == "")
  }

  @Test func `the local store needs none`() async throws {
    let local = supastore.with(["SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil, "SUPABASE_ANON_KEY": nil])
    let check = try await local("schema", "--check")
    #expect(check.exitStatus == 0 && check.output == "the local store needs no schema\n")
  }

  @Test func `a key that may not know is denied, and a service that is down is unreachable`() async throws {
    let anon = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": project.anonKey])
    #expect(try await anon("schema", "--check").exitStatus == 5)
    let down = supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"])
    #expect(try await down("schema", "--check").exitStatus == 6)
  }

  @Test func `what PostgREST shows of version 1 is compared column by column`() async throws {
    let tampered = try await supastore.psql(
      project.databaseURL,
      """
      alter table files drop column mime_type; alter table messages alter content type varchar;
      alter table files alter original_name drop not null; alter table files alter file_type drop default;
      alter table conversations add column own text; drop table conversation_files;
      notify pgrst, 'reload schema';
      """)
    try #require(tampered.exitStatus == 0, "\(tampered.errors)")
    let lines = try await supastore("schema", "--check").output.split(separator: "\n").map(String.init)
    #expect(
      Array(lines.prefix(5)) == [
        "column messages.content: type is character varying, should be text",
        "column files.original_name: nullable is yes, should be no",
        "column files.mime_type: missing, should be text",
        "column files.file_type: default is nothing, should be user_upload",
        "table conversation_files: missing, with its columns conversation_id, file_id, added_at",
      ])
    #expect(lines.dropFirst(5).dropLast().allSatisfy { $0.contains(" supastore_") && $0.contains(": missing") })
  }
}
