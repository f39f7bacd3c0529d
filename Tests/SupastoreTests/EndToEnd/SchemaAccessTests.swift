import TestSupport
import Testing

/// Who may do what once version 2 is installed, asked as every program asks: over PostgREST.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SchemaAccessTests {
  private let supastore: Supastore
  private var project: StandInInstance { supastore.project }

  init() throws {
    supastore = try Supastore()
  }

  /// Stores, changes, links, reads and deletes as one who knows version 1 only; answers with every status.
  private func workAsBefore(_ role: Role) throws -> [Int] {
    let (conversation, file) = ("11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222")
    let requests: [(String, String, String?)] = [
      ("POST", "conversations", #"{"id":"\#(conversation)","continuation_id":"old"}"#),
      ("POST", "messages", #"{"conversation_id":"\#(conversation)","role":"user","content":"text"}"#),
      ("POST", "files", #"{"id":"\#(file)","storage_path":"uploads/a","original_name":"a","metadata":{"k":1}}"#),
      ("PATCH", "files?id=eq.\(file)", #"{"size_bytes":5,"storage_path":"uploads/b"}"#),
      ("POST", "conversation_files", #"{"conversation_id":"\#(conversation)","file_id":"\#(file)"}"#),
      ("POST", "files", #"{"storage_path":"uploads/b","original_name":"a"}"#),
      ("PATCH", "conversations?id=eq.\(conversation)", #"{"title":"t"}"#),
      ("GET", "files?select=*,conversation_files(conversation_id)", nil), ("GET", "schema_version", nil),
      ("DELETE", "conversation_files?file_id=eq.\(file)", nil), ("DELETE", "files?id=eq.\(file)", nil),
      ("DELETE", "conversations?id=eq.\(conversation)", nil),
    ]
    return try requests.map { try project.rows(as: role, $0, $1, $2).status }
  }

  @Test(arguments: Role.allCases)
  func `programs that know version 1 only go on working`(_ role: Role) async throws {
    let before = try workAsBefore(role)
    #expect(before == [201, 201, 201, 204, 201, 409, 204, 200, 200, 204, 204, 204])
    try await supastore.installSchema()
    #expect(try workAsBefore(role) == before)
    for table in ["files", "conversations", "messages", "supastore_trash", "supastore_audit"] {
      #expect(try project.query("select from \(table)").isEmpty)
    }
  }

  @Test func `functions can be called by the service role, and the inner ones by nobody`() async throws {
    try await supastore.installSchema()
    let functions = try project.query(
      """
      select proname, coalesce((select json_object_agg(name, null) from unnest(proargnames[1:pronargs]) name), '{}'),
        prosecdef and prorettype = 'jsonb'::regtype
      from pg_proc where pronamespace = 'public'::regnamespace and proname like 'supastore%'
        and prorettype <> 'trigger'::regtype
      """)
    #expect(functions.filter { $0[2] == "t" }.count >= 11 && functions.filter { $0[2] == "f" }.count >= 6)
    for function in functions {
      let name = try #require(function[0])
      for role in Role.allCases {
        let answer = try project.rows(as: role, "POST", "rpc/\(name)", function[1])
        if role == .service, function[2] == "t" {
          #expect(!answer.text.contains(#""code":"42501""#) && answer.status != 404, "\(name) \(answer.text)")
        } else {
          #expect(answer.status == (role == .anon ? 401 : 403), "\(name) \(role)")
          #expect(answer.text.contains("permission denied for function \(name)"), "\(name) \(answer.text)")
        }
      }
    }
    #expect(try project.rows(as: .service, "POST", "rpc/supastore_file_stored", "{}").status == 404)
  }

  @Test func `every function has a search path of its own`() async throws {
    try await supastore.installSchema()
    let paths = try project.query(
      """
      select distinct coalesce((select s from unnest(proconfig) s where s like 'search\\_path=%'), proname)
      from pg_proc where pronamespace = 'public'::regnamespace and proname like 'supastore%'
        -- These say the schema of every name they use.
        and proname not in ('supastore_bucket', 'supastore_marker')
      """)
    #expect(paths == [[#"search_path="""#]])
  }

  @Test(arguments: ["supastore_trash", "supastore_audit"])
  func `the tables of version 2 are read by the service role and written by nobody`(_ table: String) async throws {
    try await supastore.installSchema()
    try project.query(
      """
      with trashed as (insert into supastore_trash (bucket, key, rule, run_id) values ('b', 'k', 'object', gen_random_uuid()))
      insert into supastore_audit (action, bucket) values ('trash', 'b')
      """)
    let rows = try project.query("select * from \(table)")
    for role in Role.allCases {
      let denied = role == .anon ? 401 : 403
      #expect(try project.rows(as: role, "GET", table).status == (role == .service ? 200 : denied))
      #expect(try project.rows(as: role, "POST", table, #"{"bucket":"c"}"#).status == denied)
      #expect(try project.rows(as: role, "PATCH", "\(table)?bucket=eq.b", #"{"bucket":"c"}"#).status == denied)
      #expect(try project.rows(as: role, "DELETE", "\(table)?bucket=eq.b").status == denied)
    }
    #expect(try project.query("select * from \(table)") == rows && rows.count == 1)
  }

  // MARK: what projects grant by themselves

  /// As it is before anything of ours: a project of today, which grants nothing on new tables.
  private func removeTables() throws {
    try supastore.change(
      "drop table conversation_files, messages, files, conversations, schema_version",
      "drop type message_role, file_type", "drop function update_updated_at_column")
  }

  private func statuses(_ role: Role) throws -> Set<Int> {
    let tables = ["conversations", "messages", "files", "conversation_files", "schema_version"]
    return Set(try tables.map { try project.rows(as: role, "GET", $0).status })
  }

  @Test(arguments: [false, true])
  func `a new project works at once, and nobody else can use its tables`(opensTables: Bool) async throws {
    try removeTables()
    if opensTables {
      try project.query(
        "alter default privileges in schema public grant all on tables to anon, authenticated, service_role")
    }
    try await supastore.setUp()
    try await supastore.installSchema()
    #expect(try await supastore("test-connection").exitStatus == 0)
    #expect(try await supastore("schema", "--check").exitStatus == 0)
    let id = try await supastore.store("file", in: "c")
    #expect(try await supastore("download", id, "-o", "-").exitStatus == 0)
    #expect(try await supastore("delete", "--yes", "--now", id).exitStatus == 0)
    #expect(try statuses(.service) == [200])
    // Without a privilege nothing is answered, with one and row-level security no row.
    if opensTables {
      #expect(try project.rows(as: .anon, "GET", "conversations").text == "[]")
      #expect(try project.rows(as: .anon, "POST", "conversations", #"{"continuation_id":"x"}"#).status == 401)
    } else {
      #expect(try statuses(.anon) == [401] && statuses(.authenticated) == [403])
    }
  }

  @Test func `tables that others use stay as they are until somebody asks for it`() async throws {
    try await supastore.setUp()
    let schema = try await supastore("schema")
    let first = try await supastore.psql(project.databaseURL, schema.output)
    #expect(first.errors.contains("everybody who has the publishable key can use the table files"))
    #expect(try statuses(.anon) == [200])
    let check = try await supastore("schema", "--check")
    #expect(check.exitStatus == 8 && check.output.contains("table files: row-level security is off"))
    #expect(check.output.contains("supastore schema --restrict"))
    try project.query("create policy own on files for select to authenticated using (original_name = 'shared')")
    try project.query("insert into files (storage_path, original_name) values ('a', 'shared'), ('b', 'other')")
    try await supastore.installSchema(restricting: true)
    #expect(try await supastore("schema", "--check").exitStatus == 0)
    #expect(try project.rows(as: .anon, "GET", "files").text == "[]")
    #expect(try project.rows(as: .authenticated, "GET", "files?select=original_name").text.contains("shared"))
    #expect(try !project.rows(as: .authenticated, "GET", "files?select=original_name").text.contains("other"))
    #expect(try await supastore("test-connection").exitStatus == 0)
    #expect(try await supastore("schema", "--check", "--restrict").exitStatus == 2)
  }

  @Test func `a privilege that is missing is told as that`() async throws {
    try await supastore.setUp()
    try project.query("revoke all on files from service_role")
    let list = try await supastore("list")
    #expect(list.exitStatus == 5 && list.errors.contains("supastore schema | psql"), "\(list.errors)")
    try await supastore.installSchema()
    #expect(try await supastore("list").exitStatus == 0)
    try project.query("revoke insert on files from service_role")
    let check = try await supastore("schema", "--check")
    #expect(check.output.contains("table files: service role insert is no, should be yes"), "\(check.output)")
  }
}
