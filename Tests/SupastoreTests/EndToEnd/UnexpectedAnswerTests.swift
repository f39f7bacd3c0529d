import TestSupport
import Testing

/// Something between the program and the service answers what was not asked for: nobody acts on it.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct UnexpectedAnswerTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private var project: StandInInstance { supastore.project }

  /// Has something between answer requests on a route with a page of rows.
  private func answer(
    _ route: String, with body: String, range: String = "0-0/1", count: Int = 0, after: Bool = false, status: Int = 200
  ) {
    var fault = StandInInstance.Fault(.status, on: route, count: count)
    fault.status = status
    fault.headers = ["Content-Type": "application/json", "Content-Range": range]
    fault.body = body
    if after { fault.when = .after }
    project.add(fault)
  }

  private func json(_ sql: String, _ parameters: String?...) throws -> String {
    try #require(try project.query("select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text from (\(sql)) t").first?[0])
  }

  private func path(_ id: String) throws -> String {
    try #require(try project.query("select storage_path from files where id = $1::uuid", id).first?[0])
  }

  private func objects() throws -> Set<String> {
    Set(try project.query("select name from storage.objects").compactMap { $0[0] })
  }

  @Test(arguments: [["delete", "--yes", "--now"], ["trash", "purge", "--yes"]])
  func `a claim that names another object deletes nothing`(_ command: [String]) async throws {
    try await supastore.setUpTrash()
    let kept = try await supastore.store("kept", in: "c")
    let gone = try await supastore.store("gone", in: "d")
    #expect(try await supastore("delete", "--yes", gone).exitStatus == 0)
    let claimed = try json(
      """
      select bucket, '\(try path(kept))' as key, 'purging' as state, rule, run_id, trashed_at, file_id, file, links,
        continuation_id, size_bytes, sha256, now() as claimed_at, purged_at from supastore_trash
      """)
    let before = try objects()
    answer("POST /rest/v1/rpc/supastore_claim_purge", with: claimed)
    let run = try await supastore.run(command + ["--json", gone])
    #expect(run.exitStatus == 1, "\(run.output)")
    #expect(try objects() == before)
    #expect((run.output + run.errors).contains("unexpected_answer"))
    #expect(!project.requests().contains { $0.method == "DELETE" })
  }

  @Test func `a trash that is answered whole is not purged`() async throws {
    try await supastore.setUpTrash()
    let first = try await supastore.store("first", in: "c")
    let second = try await supastore.store("second", in: "c")
    #expect(try await supastore("delete", "--yes", first, second).exitStatus == 0)
    let whole = try json(
      """
      select bucket, key, state, rule, run_id, trashed_at, file_id, file, links, continuation_id, size_bytes, sha256,
        claimed_at, purged_at from supastore_trash order by trashed_at, bucket, key
      """)
    let before = try objects()
    answer("GET /rest/v1/supastore_trash*", with: whole, range: "0-1/2")
    for command in [["delete", "--yes", "--now"], ["trash", "purge", "--yes"], ["trash", "restore"]] {
      let run = try await supastore.run(command + ["--json", "no/such/file"])
      #expect(run.exitStatus == 1, "\(command): \(run.output)")
    }
    #expect(try objects() == before)
    #expect(try project.query("select count(*) from supastore_trash where state = 'trashed'") == [["2"]])
  }

  @Test func `another conversation than the one that was asked for is not deleted, linked or read`() async throws {
    try await supastore.setUpTrash()
    let file = try await supastore.store("file", in: "wanted")
    _ = try await supastore.store("other", in: "other")
    let other = try json(
      """
      select id, continuation_id, title, metadata, created_at, updated_at from conversations
      where continuation_id = 'other'
      """)
    answer("GET /rest/v1/conversations*", with: other)
    for command in [
      ["conversation", "delete", "--yes", "wanted"], ["conversation", "show", "wanted"],
      ["link", "--conversation", "wanted", file], ["unlink", "--conversation", "wanted", file],
      ["download", "--conversation", "wanted", "-o", "/nonexistent"], ["list", "--conversation", "wanted"],
    ] {
      let run = try await supastore.run(command + ["--json"])
      #expect(run.exitStatus == 1, "\(command): \(run.output)")
      #expect((run.output + run.errors).contains("unexpected_answer"), "\(command)")
    }
    #expect(try project.query("select count(*) from conversations") == [["2"]])
    #expect(try project.query("select count(*) from conversation_files") == [["2"]])
  }

  @Test func `rows of another conversation are not downloaded`() async throws {
    try await supastore.setUp()
    let file = try await supastore.store("file", in: "wanted")
    let talk = try #require(
      try project.query("select id from conversations where continuation_id = 'wanted'").first?[0])
    let rows = try json(
      """
      select id, storage_path, original_name, mime_type, size_bytes, file_type, metadata, created_at,
        jsonb_build_array(jsonb_build_object('conversation_id', gen_random_uuid())) as conversation_files from files
      """)
    answer("GET /rest/v1/files*", with: rows, range: "0-0/1")
    let run = try await supastore("list", "--conversation", "wanted", "--json")
    #expect(run.exitStatus == 1 && (run.output + run.errors).contains("unexpected_answer"))
    project.removeFaults()
    answer(
      "GET /rest/v1/files*",
      with: rows.replacing(#/"conversation_id": "[0-9a-f-]{36}"/#) { _ in
        #""conversation_id": "\#(talk)""#
      }, range: "0-0/1")
    let right = try await supastore("list", "--conversation", "wanted", "--json")
    #expect(right.exitStatus == 0 && right.output.contains(file))
  }

  @Test func `a page that repeats ends the command, and so does one that is cut to nothing`() async throws {
    try await supastore.setUp()
    for name in ["a", "b", "c"] { _ = try await supastore.store(name, in: "talk") }
    let one = try json(
      """
      select id, storage_path, original_name, mime_type, size_bytes, file_type, metadata, created_at,
        (select jsonb_agg(jsonb_build_object('conversation_id', l.conversation_id)) from conversation_files l
          where l.file_id = f.id) as conversation_files from files f order by created_at limit 1
      """)
    for (body, range) in [(one, "0-0/3"), ("[]", "*/3")] {
      answer("GET /rest/v1/files*", with: body, range: range)
      for command in [
        ["list", "--all"], ["download", "--conversation", "talk", "-o", "/nonexistent"], ["verify"], ["status"],
      ] {
        let run = try await supastore.run(command + ["--json"])
        #expect(run.exitStatus == 1, "\(command) \(range): \(run.output)")
        #expect((run.output + run.errors).contains("unexpected_answer"), "\(command) \(range)")
      }
      project.removeFaults()
    }
    // What passes is asked again.
    answer("GET /rest/v1/files*", with: "[]", range: "*/3", count: 1)
    #expect(try await supastore("list", "--json").documents("file").count == 3)
  }

  @Test(arguments: [["delete", "--yes", "--now"], ["trash", "purge", "--yes"]])
  func `what was to be gone for good and is not is told`(_ command: [String]) async throws {
    try await supastore.setUpTrash()
    let file = try await supastore.store("file", in: "c")
    if command[0] == "trash" { #expect(try await supastore("delete", "--yes", file).exitStatus == 0) }
    answer("POST /rest/v1/rpc/supastore_claim_purge", with: "[]")
    let run = try await supastore.run(command + ["--json", file])
    #expect(run.exitStatus == 7, "\(run.output)")
    #expect(try objects().count == 1)
    project.removeFaults()
    #expect(try await supastore("trash", "purge", "--yes", file).exitStatus == 0)
    #expect(try objects().isEmpty)
  }

  @Test func `a file that somebody stored at the same moment is stored`() async throws {
    try await supastore.setUp()
    let tree = try TemporaryDirectory()
    for number in 0..<5 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
    // The insert had its effect, as if it had been another program's.
    answer(
      "POST /rest/v1/files*",
      with: #"{"code": "23505", "message": "duplicate key value violates unique constraint \"files_pkey\""}"#,
      count: 1, after: true, status: 409)
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect(run.exitStatus == 0, "\(run.output)")
    #expect(try run.summary["stored"] == 5)
    #expect(try supastore.counts() == StoredCounts(each: 5))
  }

  @Test func `a server that cannot promise how many rows it changes is told by name, and nothing is left behind`()
    async throws
  {
    try await supastore.setUp()
    let file = try await supastore.store("file", in: "c")
    let old = #"{"code": "PGRST122", "message": "Invalid preferences given with handling=strict"}"#
    answer("DELETE /rest/v1/conversation_files*", with: old, status: 400)
    let unlink = try await supastore("unlink", "--conversation", "c", file)
    #expect(unlink.exitStatus == 1 && unlink.errors.contains("PostgREST 12.2"))
    answer("DELETE /rest/v1/conversations*", with: old, count: 1, status: 400)
    let test = try await supastore("test-connection")
    #expect(test.exitStatus == 1 && (test.output + test.errors).contains("PostgREST 12.2"))
    #expect(try project.query("select count(*) from conversations") == [["1"]])
  }
}
