import TestSupport
import Testing

/// Where the database cannot tell what is wanted, nothing is removed, and the survey says why.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct DatabaseGuardTests {
  /// What makes a database unfit, and what the survey calls it.
  enum Obstacle: CaseIterable, Sendable {
    case hiddenFiles, hiddenLinks, hiddenConversations, hiddenTrash, hiddenObjects
    case noKey, keyNotValidated, keyDisabled, noTrigger, triggerDisabled, isolation

    var name: String {
      switch self {
      case .hiddenFiles, .hiddenLinks, .hiddenConversations, .hiddenTrash, .hiddenObjects: "rls"
      case .noKey, .keyNotValidated, .keyDisabled: "foreign_key"
      case .noTrigger, .triggerDisabled: "trigger"
      case .isolation: "isolation"
      }
    }

    fileprivate var script: String {
      let key = "alter table public.conversation_files drop constraint conversation_files_file_id_fkey;"
      return switch self {
      case .hiddenFiles: Self.hide("public.files")
      case .hiddenLinks: Self.hide("public.conversation_files")
      case .hiddenConversations: Self.hide("public.conversations")
      case .hiddenTrash: Self.hide("public.supastore_trash")
      case .hiddenObjects: Self.hide("storage.objects")
      case .noKey: key
      case .keyNotValidated:
        key + "alter table public.conversation_files add foreign key (file_id) references public.files (id) not valid"
      case .keyDisabled: "alter table public.conversation_files disable trigger all"
      case .noTrigger: "drop trigger supastore_file_stored on public.files"
      case .triggerDisabled: "alter table public.files disable trigger supastore_file_stored"
      case .isolation: "alter database DATABASE set default_transaction_isolation = 'repeatable read'"
      }
    }

    /// Gives the functions an owner whom row level security holds for, and switches it on for one table.
    private static func hide(_ table: String) -> String {
      """
      do $$
      declare
        function regprocedure;
        tables text[] := array['public.files', 'public.conversation_files', 'public.conversations', 'public.messages',
          'public.supastore_trash', 'public.supastore_audit', 'storage.objects'];
        name text;
      begin
        begin
          create role limited_owner nologin;
        exception when duplicate_object or unique_violation then
          null;
        end;
        grant usage on schema public, storage to limited_owner;
        foreach name in array tables loop
          execute format('grant all on %s to limited_owner', name);
          execute format('alter table %s disable row level security', name);
        end loop;
        alter table \(table) enable row level security;
        for function in select oid::regprocedure from pg_proc where proname like 'supastore\\_%' and prosecdef loop
          execute format('alter function %s owner to limited_owner', function);
        end loop;
        grant execute on all functions in schema public to limited_owner;
      end
      $$
      """
    }
  }

  private static let removals = [
    "supastore_trash_orphans(array(select id from public.files), '0', $1)",
    "supastore_trash_expired(array(select id from public.files), $1)",
    "supastore_trash_files(array(select id from public.files), null, $1)",
    #"supastore_trash_objects('[{"bucket":"user-files","key":"o/00001"}]', '0', $1)"#,
    "supastore_delete_conversation((select id from public.conversations), $1)",
    #"supastore_claim_purge('[{"bucket":"user-files","key":"t/00001"}]', '0', $1)"#,
  ]

  /// Something for each of the removals.
  private func fill(_ database: TrashDatabase) async throws {
    try await database.makeFiles(2, metadata: #"{"expires_at":"2020-01-01T00:00:00Z"}"#)
    let conversation = try await database.makeConversation("c")
    try await database.owner.query(
      "insert into public.conversation_files (conversation_id, file_id) select $1, id from public.files limit 1",
      conversation)
    try await database.makeObjects(1, in: "o", marker: #"{"supastore":"00000000-0000-8000-8000-000000000001"}"#)
    let trashed = try await database.makeFiles(1, in: "t")
    try await database.owner.query("select public.supastore_trash_files($1::uuid[], 0, $2)", array(trashed), run(1))
  }

  private static let contents = """
    select md5(string_agg(row, ',' order by row)) from (
      select f::text from public.files f union all select l::text from public.conversation_files l
      union all select c::text from public.conversations c union all select t::text from public.supastore_trash t
      union all select a::text from public.supastore_audit a) rows (row)
    """

  @Test(arguments: Obstacle.allCases)
  func `nothing is removed, and the survey names the obstacle`(_ obstacle: Obstacle) async throws {
    let database = try await TrashDatabase()
    try await fill(database)
    let name = try await database.value("select current_database()")
    try await database.owner.run(obstacle.script.replacing("DATABASE", with: name))
    let before = try await database.value(Self.contents)
    // One that comes after the obstacle.
    let session = try await database.session()
    #expect(
      try await session.query("select public.supastore_survey('7 days', '30 days') -> 'obstacles'")
        == [[#"["\#(obstacle.name)"]"#]])
    for removal in Self.removals {
      #expect(await session.failure("select public.\(removal)", run(2)) == "SS002", "\(removal)")
    }
    #expect(try await database.value(Self.contents) == before)
  }

  @Test func `each of the removals removes where there is no obstacle`() async throws {
    for removal in Self.removals {
      let database = try await TrashDatabase()
      try await database.owner.run("truncate public.files, public.conversations, public.supastore_trash cascade")
      try await database.owner.run(
        "set storage.allow_delete_query = 'true'; delete from storage.objects; reset storage.allow_delete_query")
      try await fill(database)
      let before = try await database.value(Self.contents)
      let session = try await database.session()
      #expect(
        try await session.query("select public.supastore_survey('7 days', '30 days') -> 'obstacles'") == [["[]"]])
      #expect(await session.failure("select public.\(removal)", run(2)) == nil, "\(removal)")
      #expect(try await database.value(Self.contents) != before, "\(removal)")
    }
  }

  @Test(arguments: ["anon", "authenticated"])
  func `nobody but the service role may call anything`(_ role: String) async throws {
    let database = try await TrashDatabase()
    let session = try await database.session(role)
    for removal in Self.removals + [
      "supastore_survey('7 days', $1::text::interval)", "supastore_restore('[]', $1)",
    ] {
      #expect(await session.failure("select public.\(removal)", run(2)) == "42501", "\(removal)")
    }
    #expect(await session.failure("select from public.supastore_trash") == "42501")
    #expect(await session.failure("select from public.supastore_audit") == "42501")
  }

  @Test func `a limit on rows cuts no page of candidates`() async throws {
    let database = try await TrashDatabase()
    try await database.makeFiles(1500, withObjects: false)
    let project = database.project
    let connection = try RawConnection(port: project.port)
    func ask(_ head: String, _ body: String = "") throws -> RawAnswer {
      try connection.send(
        "\(head) HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(project.serviceKey)\r\napikey: \(project.serviceKey)\r\n"
          + "Content-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n" + body)
      return try #require(try connection.receiveAnswer(to: String(head.prefix { $0 != " " })))
    }
    // The stand-in gives a thousand rows of a table at most, as a project does.
    let rows = try ask("GET /rest/v1/files?select=storage_path")
    #expect(rows.text.split(separator: "storage_path").count == 1001)
    let arguments = #"{"rule":"orphan","age":"7 days","after_key":null,"after_bucket":null,"row_limit":1500}"#
    let found = try ask("POST /rest/v1/rpc/supastore_candidates", arguments)
    #expect(found.status == 200)
    #expect(found.text.split(separator: #""key""#).count == 1501)
  }
}
