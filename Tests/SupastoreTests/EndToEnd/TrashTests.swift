import TestSupport
import Testing

@Suite(.standIn(per: .test, maxRows: 2), .timeLimit(.minutes(5))) struct TrashTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  @Test func `the list shows what, why, when and how large, although an answer holds two rows`() async throws {
    try await supastore.setUpTrash()
    let empty = try await supastore("trash", "list")
    #expect(empty.exitStatus == 0 && empty.output == "" && empty.errors == "supastore: the trash is empty\n")
    try supastore.seed(20, "linked", linkedTo: ["c", "d"])
    try supastore.seed(2, "orphan")
    let named = try await supastore.store("named", in: "e")
    let cleanup = try await supastore.expectTrashed(2)
    #expect(try await supastore("delete", "--yes", named).exitStatus == 0)
    _ = try await supastore.store("spoken", in: "f")
    #expect(try await supastore("conversation", "delete", "--yes", "f").exitStatus == 0)

    let all = try await supastore("trash", "list", "--json")
    #expect(all.exitStatus == 0, "\(all.errors)")
    let entries = try all.documents("trash-entry")
    #expect(entries.map { $0["rule"] } == ["orphan", "orphan", "deleted", "conversation"])
    #expect(entries.map { $0["size_bytes"] } == [10, 10, 20, 20])
    #expect(entries[2]["conversations"] == .array(["e"]) && entries[2]["continuation_id"] == .null)
    #expect(entries[3]["continuation_id"] == "f" && entries[3]["original_name"] == "spoken")
    #expect(try all.documents.last?["entries"] == 4 && all.documents.last?["size_bytes"] == 60)
    let byRun = try await supastore("trash", "list", "--run", try cleanup.id, "--json")
    #expect(try byRun.documents("trash-entry").count == 2 && byRun.documents.last?["entries"] == 2)
    let byTalk = try await supastore("trash", "list", "--conversation", "f", "--json")
    #expect(try byTalk.documents("trash-entry").count == 1)
    let text = try await supastore("trash", "list")
    #expect(text.output.hasPrefix("ID ") && text.output.split(separator: "\n").count == 5)
    #expect(text.errors == "supastore: 4 entries, 60 B\n")

    // What is purged is only a record.
    #expect(try await supastore("trash", "purge", "--yes", named).exitStatus == 0)
    try supastore.ageTrash(by: "61 seconds")
    #expect(try await supastore("cleanup", "--apply").exitStatus == 0)
    #expect(try await supastore("trash", "list", "--json").documents("trash-entry").count == 3)
    let records = try await supastore("trash", "list", "--all", "--json").documents("trash-entry")
    #expect(records.count == 4 && records.count { $0["state"] == "purged" && $0["purged_at"] != .null } == 1)
  }

  @Test func `files come back by id, by path, by run and by conversation, exactly as they were`() async throws {
    try await supastore.setUpTrash()
    let first = try await supastore.store("first", in: "c", "--metadata", "note=ü")
    let second = try await supastore.store("second", in: "d", "--type", "generated")
    #expect(try await supastore("link", "--conversation", "other", first, second).exitStatus == 0)
    let before = try supastore.contents()
    let path = try #require(
      try supastore.project.query("select storage_path from files where id = $1::uuid", second)[0][0])
    for arguments in [[first, path], ["--run"]] {
      let delete = try await supastore("delete", "--yes", "--everywhere", "--json", first, second)
      #expect(delete.exitStatus == 0, "\(delete.errors)")
      #expect(try await supastore("download", first, "-o", "-").exitStatus == 4)
      let selection = arguments == ["--run"] ? ["--run", try delete.id] : arguments
      let restore = try await supastore.run(["trash", "restore", "--json"] + selection)
      #expect(restore.exitStatus == 0, "\(restore.errors)")
      let lines = try restore.documents("restoration")
      #expect(lines.count == 2 && lines.allSatisfy { $0["status"] == "restored" && $0["links"] == 2 })
      #expect(try restore.documents.last?["restored"] == 2)
      let after = try supastore.contents()
      #expect(after == before)
      #expect(try await supastore("download", first, "-o", "-").output.hasPrefix("first"))
    }
    // Its conversation is gone: it comes back without that link.
    #expect(try await supastore("conversation", "delete", "--yes", "other").exitStatus == 0)
    #expect(try await supastore("conversation", "delete", "--yes", "d").exitStatus == 0)
    let restore = try await supastore("trash", "restore", "--conversation", "d")
    #expect(restore.exitStatus == 0 && restore.output.hasSuffix(", 0 links\n"), "\(restore.output)")
    #expect(try supastore.counts().rows == 2)
  }

  @Test func `what cannot come back is told, and the rest comes back`() async throws {
    try await supastore.setUpTrash()
    let one = try await supastore.store("one", in: "c")
    let taken = try await supastore.store("taken", in: "c")
    let gone = try await supastore.store("gone", in: "c")
    #expect(try await supastore("delete", "--yes", one, taken, gone).exitStatus == 0)
    #expect(try await supastore("trash", "purge", "--yes", gone).exitStatus == 0)
    // Another row has the id meanwhile.
    try supastore.project.query(
      "insert into files (id, storage_path, original_name) values ($1::uuid, 'elsewhere', 'x')", taken)
    let absent = "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b"
    let run = try await supastore("trash", "restore", "--json", one, taken, gone, absent)
    #expect(run.exitStatus == 3, "\(run.errors)")
    var results: [String: JSONValue] = [:]
    for line in try run.documents("restoration") { results[line["id"]?.string ?? ""] = line["status"] }
    #expect(results == [one: "restored", taken: "taken", gone: "purging"])
    let summary = try #require(try run.documents.last)
    #expect(summary["restored"] == 1 && summary["failed"]?.array?.map { $0["file"] } == [.string(absent)])
    #expect(try await supastore("trash", "restore", gone).exitStatus == 4)
    #expect(try await supastore("trash", "restore", taken).exitStatus == 7)
    #expect(try await supastore("trash", "restore", absent).exitStatus == 4)
    #expect(try await supastore("trash", "restore", "--run", absent).exitStatus == 0)
    for arguments in [[], [one, "--run", absent], ["--run", "x"]] {
      #expect(try await supastore.run(["trash", "restore"] + arguments).exitStatus == 2)
      #expect(try await supastore.run(["trash", "purge", "--yes"] + arguments).exitStatus == 2)
    }
  }

  @Test func `a purge asks, deletes the objects, and proves that they are gone`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    let kept = try await supastore.store("kept", in: "c")
    #expect(try await supastore("delete", "--yes", id, kept).exitStatus == 0)
    let before = try supastore.contents()
    let refused = try await supastore("trash", "purge", id)
    #expect(refused.exitStatus == 2 && refused.errors.contains("--yes"))
    let no = try await supastore.onTerminal("\"$PROGRAM\" trash purge \(id)", typing: "n\n")
    #expect(no.exitStatus == 1 && no.output.contains("delete 1 file (20 B) for good? [y/N] "))
    #expect(try supastore.contents() == before)
    supastore.project.forgetRequests()
    let run = try await supastore("trash", "purge", "--yes", "--json", id)
    #expect(try run.exitStatus == 0 && run.ids(.purged) == [id], "\(run.errors)")
    #expect(try run.documents.last?["purged"] == 1)
    #expect(try supastore.counts().objects == 1)
    let requests = supastore.project.requests().map { "\($0.method) \($0.target)" }
    let deletion = try #require(requests.firstIndex { $0.hasPrefix("DELETE /storage/v1/object/user-files") })
    #expect(requests[deletion...].contains { $0.hasPrefix("GET /storage/v1/object/") })
    #expect(try await supastore("trash", "restore", kept).exitStatus == 0)
    #expect(try await supastore("download", kept, "-o", "-").output.hasPrefix("kept"))
    // What is not in the trash is no candidate for it.
    let live = try await supastore("trash", "purge", "--yes", kept)
    #expect(live.exitStatus == 4)
    #expect(try supastore.counts().objects == 1)
  }
}
