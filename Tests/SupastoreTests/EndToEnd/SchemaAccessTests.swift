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
}
