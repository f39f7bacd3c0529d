import TestSupport
import Testing

/// The acceptance scenarios about deleting, 31 to 34; 35 is about `migrate` and `verify`.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct CleanupScenarioTests {
  private typealias Fault = StandInInstance.Fault

  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private func exists(_ id: String) async throws -> Bool {
    try await supastore("info", id).exitStatus != 4
  }

  @Test func `scenario 31: a conversation goes with what only it refers to, and a shared file stays`() async throws {
    try await supastore.setUpTrash()
    let own = try await supastore.store("A", in: "c1")
    let shared = try await supastore.store("B", in: "c1")
    #expect(try await supastore("link", "--conversation", "c2", shared).exitStatus == 0)
    try supastore.project.query(
      "insert into messages (conversation_id, role, content) select id, 'user', 'hello' from conversations")
    let before = try supastore.contents()
    let dry = try await supastore("conversation", "delete", "c1", "--dry-run", "--json")
    #expect(try dry.exitStatus == 0 && dry.ids(.found) == [own])
    let plan = try #require(try dry.documents.last)
    #expect(plan["status"] == "found" && plan["files"] == 1 && plan["shared"] == .array([.string(shared)]))
    #expect(plan["run_id"] == .null && plan["messages"] == .null)
    #expect(try supastore.contents() == before)

    let run = try await supastore("conversation", "delete", "c1", "--yes", "--now", "--json")
    #expect(try run.exitStatus == 0 && run.ids(.purged) == [own], "\(run.errors)")
    let done = try #require(try run.documents.last)
    #expect(done["status"] == "deleted" && done["files"] == 1 && done["messages"] == 1)
    #expect(done["shared"] == .array([.string(shared)]) && done["continuation_id"] == "c1")
    #expect(try await !exists(own))
    #expect(try await exists(shared))
    #expect(try await supastore("download", shared, "-o", "-").output.hasPrefix("B"))
    #expect(try supastore.counts() == StoredCounts(each: 1))
    #expect(try supastore.project.query("select continuation_id from conversations") == [["c2"]])
    #expect(try supastore.project.query("select count(*) from messages") == [["1"]])
    let again = try await supastore("conversation", "delete", "c1", "--yes", "--json")
    #expect(try again.exitStatus == 0 && again.documents.last?["status"] == "already_absent")
  }

  @Test func `scenario 32: the old go, the young stay, and a row without its object is only reported`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(40, "linked", linkedTo: ["c"])
    let young = try await supastore.store("young", byteCount: 1000, in: "c2")
    let old = try await supastore.store("old", byteCount: 2000, in: "c2")
    _ = try await supastore.store("rowless", byteCount: 3000, in: "c2")
    try supastore.project.query("delete from files where original_name = 'rowless'")
    try supastore.project.query(
      "delete from conversation_files where file_id in ($1::uuid, $2::uuid)", young, old)
    try supastore.age("uploads/c2/young%", by: "1 hour")
    try supastore.age("uploads/c2/old%", by: "8 days")
    try supastore.age("uploads/c2/rowless%", by: "8 days")
    // What the rows say of sizes is not what counts.
    try supastore.project.query("update files set size_bytes = 1")
    try supastore.project.query(
      "insert into files (storage_path, original_name, size_bytes, created_at) values ('uploads/gone', 'gone', 7, now() - interval '1 year')"
    )
    try supastore.project.query(
      "insert into conversation_files (conversation_id, file_id) select c.id, f.id from conversations c, files f where c.continuation_id = 'c' and f.original_name = 'gone'"
    )
    let before = try supastore.contents()

    let dry = try await supastore("cleanup", "--json")
    #expect(dry.exitStatus == 0, "\(dry.errors)")
    let found = try #require(try dry.documents.last?["found"])
    #expect(found["orphan"] == ["count": 1, "size_bytes": 2000])
    #expect(found["object"] == ["count": 1, "size_bytes": 3000])
    #expect(found["missing"] == ["count": 1, "size_bytes": 7])
    #expect(try dry.paths(.reported) == ["uploads/gone"])
    let age = try #require(try dry.documents("removal").first { $0["class"] == "orphan" }?["age_seconds"]?.int)
    #expect(age >= 8 * 86_400 && age < 8 * 86_400 + 600)
    let text = try await supastore("cleanup")
    #expect(text.output.contains("orphan ") && text.output.contains("no row ") && text.output.contains("no object "))
    #expect(text.output.contains("nothing was removed; 4.9 KiB, ") && text.errors.contains("1 row has no object"))
    #expect(try supastore.contents() == before)

    let run = try await supastore.expectTrashed(2)
    #expect(try run.documents.last?["done"]?["trashed"] == ["count": 2, "size_bytes": 5000])
    #expect(try await !exists(old))
    #expect(try await exists(young))
    #expect(try supastore.project.query("select count(*) from files where original_name = 'gone'") == [["1"]])
    let bytes = "select coalesce(sum((metadata ->> 'size')::bigint), 0)::text from storage.objects"
    let full = try supastore.project.query(bytes)[0][0].flatMap { Int($0) } ?? 0
    #expect(try supastore.contents().objects == before.objects)

    try supastore.ageTrash(by: "31 days")
    let purge = try await supastore("cleanup", "--apply", "--json")
    #expect(try purge.exitStatus == 0 && purge.documents.last?["done"]?["purged"] == ["count": 2, "size_bytes": 5000])
    #expect(try supastore.project.query(bytes) == [["\(full - 5000)"]])
    #expect(try supastore.contents().rows.count == 42)
  }

  @Test func `scenario 33: what was stored for a time goes when it is over, and nothing else`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(20, "linked", linkedTo: ["c"])
    let cached = try await supastore.store("cached", in: "c", "--type", "cache", "--expires", "24h")
    let upload = try await supastore.store("upload", in: "c")
    try await supastore.expectTrashed(0, ["--expired"])
    // 25 hours later.
    try supastore.project.query(
      """
      update files set metadata = jsonb_set(metadata, '{expires_at}', to_jsonb(to_char(
        (metadata ->> 'expires_at')::timestamptz at time zone 'UTC' - interval '25 hours', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')))
      where metadata ? 'expires_at'
      """)
    try await supastore.expectTrashed(0)
    let run = try await supastore.expectTrashed(1, ["--expired"])
    #expect(try run.ids(.trashed) == [cached])
    #expect(try run.documents("removal").first?["class"] == "expired")
    #expect(try await !exists(cached))
    try supastore.ageTrash(by: "31 days")
    #expect(try await supastore("cleanup", "--apply", "--json").ids(.purged) == [cached])
    #expect(
      try supastore.project.query("select count(*) from storage.objects where bucket_id = 'generated-files'") == [["0"]]
    )
    #expect(try await supastore("download", upload, "-o", "-").output.hasPrefix("upload"))
  }

  @Test(arguments: [
    (Int?.none, "[]", Int32(1)), (403, #"{"statusCode":"403","error":"Unauthorized","message":"denied"}"#, 5),
    (500, "{}", 6), (400, #"{"statusCode":"400","error":"InvalidRequest","message":"no"}"#, 1),
  ])
  func `scenario 34: when storage refuses the deletion nothing is lost, and the next cleanup ends it`(
    _ status: Int?, _ body: String, _ exit: Int32
  ) async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    var fault = Fault(.status, on: "DELETE /storage/v1/object/*", count: 0)
    (fault.status, fault.body) = (status ?? 200, body)
    supastore.project.add(fault)
    let objects = try supastore.contents().objects
    let run = try await supastore("delete", "--yes", "--now", id, "--json")
    #expect(try run.exitStatus == exit && run.ids(.failed) == [id], "\(run.output)")
    #expect(try run.documents.last?["failed"] == 1 && run.documents.last?["trashed"] == 0)
    #expect(try supastore.contents().objects == objects)
    let entry = try #require(try await supastore("trash", "list", "--json").documents.first)
    #expect(entry["state"] == "purging" && entry["id"] == .string(id) && entry["row"]?["original_name"] == "file")

    // Not within the minute in which the deletion may still arrive.
    let early = try await supastore("cleanup", "--apply", "--json")
    #expect(try early.exitStatus == 0 && early.documents.count == 1)
    supastore.project.removeFaults()
    try supastore.ageTrash(by: "61 seconds")
    let next = try await supastore("cleanup", "--apply", "--json")
    #expect(try next.exitStatus == 0 && next.ids(.purged) == [id], "\(next.output)")
    supastore.expectCounts(next)
    #expect(try supastore.counts() == StoredCounts(each: 0))
    try supastore.ageTrash(by: "61 seconds")
    let last = try await supastore("cleanup", "--apply", "--json")
    #expect(try last.exitStatus == 0 && last.ids(.purged) == [id], "\(last.output)")
    supastore.expectCounts(last)
    #expect(try supastore.project.query("select state, file_id from supastore_trash") == [["purged", id]])
    #expect(try await supastore("cleanup", "--apply", "--json").documents.count == 1)
  }

  @Test func `scenario 34: deleting what is not there is no failure`() async throws {
    try await supastore.setUpTrash()
    let absent = "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b"
    for arguments in [["delete", absent], ["rm", "uploads/no/such", "--yes"], ["rm", absent, "--now", "--yes"]] {
      let run = try await supastore.run(arguments + ["--json"])
      #expect(run.exitStatus == 0, "\(run.errors)")
      #expect(try run.documents("removal").map { $0["status"] } == ["already_absent"])
      #expect(try run.documents.last?["already_absent"] == 1)
    }
    #expect(try await supastore("delete", absent).output == "already absent: file \(absent)\n")
  }
}
