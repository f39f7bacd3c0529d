import TestSupport
import Testing

/// Answers that are well formed and say what cannot be: sizes, times, counts, rows that are cut off.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ImplausibleAnswerTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private var project: StandInInstance { supastore.project }

  private func answer(_ route: String, with body: String, range: String = "0-0/1", count: Int = 0) {
    var fault = StandInInstance.Fault(.status, on: route, count: count)
    fault.status = 200
    fault.headers = ["Content-Type": "application/json", "Content-Range": range]
    fault.body = body
    project.add(fault)
  }

  private func json(_ sql: String) throws -> String {
    try #require(try project.query("select coalesce(jsonb_agg(to_jsonb(t)), '[]')::text from (\(sql)) t").first?[0])
  }

  private func expectUnexpected(_ arguments: [String]) async throws {
    let run = try await supastore.run(arguments + ["--json"])
    #expect(run.exitStatus == 1, "\(arguments): \(run.output) \(run.errors)")
    #expect((run.output + run.errors).contains("unexpected_answer"), "\(arguments): \(run.output) \(run.errors)")
  }

  @Test(arguments: [
    ("size_bytes", "-1"), ("size_bytes", "9223372036854775808"), ("created_at", "'1999-12-31T23:59:59+00:00'"),
    ("created_at", "'2200-01-01T00:00:00+00:00'"), ("created_at", "'infinity'"),
  ]) func `a row with such a size or time is no answer`(_ column: String, _ value: String) async throws {
    try await supastore.setUp()
    let id = try await supastore.store("file", in: "talk")
    var columns = [
      "id", "storage_path", "original_name", "mime_type", "size_bytes", "file_type", "metadata", "created_at",
    ]
    columns[try #require(columns.firstIndex(of: column))] = "\(value) as \(column)"
    answer("GET /rest/v1/files*", with: try json("select \(columns.joined(separator: ", ")) from files"))
    for command in [["list", "--all"], ["info", id], ["verify"]] { try await expectUnexpected(command) }
    project.removeFaults()
    #expect(try await supastore("list", "--all").exitStatus == 0)
  }

  @Test(arguments: ["size_bytes", "trashed_at"])
  func `neither is an entry of the trash`(_ column: String) async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "talk")
    #expect(try await supastore("delete", "--yes", id).exitStatus == 0)
    let entry = try json(
      """
      select bucket, key, state, rule, run_id, \(column == "trashed_at" ? "'1970-01-01T00:00:00Z' as" : "") trashed_at,
        file_id, file, links, continuation_id, \(column == "size_bytes" ? "-5 as" : "") size_bytes, sha256, claimed_at,
        purged_at from supastore_trash
      """)
    answer("GET /rest/v1/supastore_trash*", with: entry)
    for command in [["trash", "list"], ["trash", "purge", "--yes", id], ["trash", "restore", id]] {
      try await expectUnexpected(command)
    }
    #expect(try project.query("select state from supastore_trash") == [["trashed"]])
  }

  @Test func `sizes that no number holds together are asked about all the same`() async throws {
    try await supastore.setUpTrash()
    let ids = try await [supastore.store("one", in: "a"), supastore.store("two", in: "a")]
    #expect(try await supastore("delete", "--yes", ids[0], ids[1]).exitStatus == 0)
    let entries = try json(
      """
      select bucket, key, state, rule, run_id, trashed_at, file_id, file, links, continuation_id,
        9223372036854775807 as size_bytes, sha256, claimed_at, purged_at from supastore_trash
      order by trashed_at, bucket, key
      """)
    answer("GET /rest/v1/supastore_trash*", with: entries, range: "0-1/2")
    // The sum is in the question that --yes answers.
    let run = try await supastore.run(["trash", "purge", "--yes", "--json"] + ids)
    #expect(run.exitStatus == 0, "\(run.output) \(run.errors)")
    #expect(try project.query("select count(*) from storage.objects") == [["0"]])
  }

  @Test func `rows that are fewer than the answer says are no answer`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "talk")
    answer("GET /rest/v1/conversations*", with: "[]", range: "0-0/*")
    for command in [
      ["conversation", "delete", "--yes", "talk"], ["download", "--conversation", "talk", "-o", "/nonexistent"],
      ["unlink", "--conversation", "talk", id],
    ] { try await expectUnexpected(command) }
    project.removeFaults()
    // What passes is asked again.
    answer("GET /rest/v1/conversations*", with: "[]", range: "0-0/*", count: 1)
    #expect(try await supastore("unlink", "--conversation", "talk", id).exitStatus == 0)
  }

  @Test func `rows outside of the sizes and times that were asked for are no answer`() async throws {
    try await supastore.setUp()
    _ = try await supastore.store("file", in: "talk")
    let old = try json(
      """
      select id, storage_path, original_name, mime_type, size_bytes, file_type, metadata,
        '2001-02-03T04:05:06+00:00' as created_at from files
      """)
    answer("GET /rest/v1/files*", with: old)
    for filter in [
      ["--min-size", "1MiB"], ["--max-size", "1"], ["--since", "1d"], ["--until", "2001-02-03"], ["--mime", "image/*"],
    ] { try await expectUnexpected(["list"] + filter) }
    #expect(try await supastore("list", "--min-size", "1", "--until", "2001-02-04").exitStatus == 0)
  }

  @Test func `what left the trash between is purged or told, never only trashed`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "talk")
    answer("GET /rest/v1/supastore_trash*", with: "[]", range: "*/0")
    let run = try await supastore("delete", "--yes", "--now", "--json", id)
    #expect(run.exitStatus == 0, "\(run.output)")
    #expect(try run.ids(.purged) == [id])
    #expect(try project.query("select count(*) from storage.objects") == [["0"]])
  }

  @Test func `pages of candidates that take turns end the cleanup`() async throws {
    try await supastore.setUpTrash()
    func page(_ name: String) -> String {
      let candidates = (0..<1000).map { number in
        """
        {"bucket": "user-files", "key": "uploads/\(name)/\(number)", "since": "2020-01-01T00:00:00+00:00",
        "sha256": null, "file": null, "file_id": null, "size_bytes": 1, "link_count": 0}
        """
      }
      return "[\(candidates.joined(separator: ","))]"
    }
    for turn in 1...8 {
      var fault = StandInInstance.Fault(.status, on: "POST /rest/v1/rpc/supastore_candidates", nth: turn, count: 1)
      fault.status = 200
      fault.headers = ["Content-Type": "application/json"]
      fault.body = page(turn.isMultiple(of: 2) ? "even" : "odd")
      project.add(fault)
    }
    project.forgetRequests()
    try await expectUnexpected(["cleanup"])
    #expect(project.requests().count { $0.target.hasSuffix("/rpc/supastore_candidates") } < 8)
  }
}
