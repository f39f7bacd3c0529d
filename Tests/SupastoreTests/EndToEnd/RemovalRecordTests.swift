import FoundationEssentials
import TestSupport
import Testing

/// Whatever is removed is written down before, in the database and on this machine.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct RemovalRecordTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  /// The lines of `removals-*.ndjson`.
  private func notes() throws -> [JSONValue] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: supastore.stateDirectory)
    let files = names.filter { $0.split(separator: "/").last?.wholeMatch(of: #/removals-\d{4}-\d\d\.ndjson/#) != nil }
    return try files.sorted().flatMap { file in
      let text = try String(
        decoding: Data(contentsOf: URL(filePath: "\(supastore.stateDirectory)/\(file)")), as: UTF8.self)
      return try text.split(separator: "\n").map { try JSONValue(line: $0) }
    }
  }

  private struct Record: Hashable {
    let action, rule, run, bucket, path, id, sha256: String
    let size: Int
  }

  private func audit() throws -> [Record] {
    try supastore.project.query(
      """
      select action, rule, run_id, bucket, key, file_id, sha256, size_bytes from supastore_audit
      where action in ('trash', 'purge') order by seq
      """
    ).map { row in
      let text = row.map { $0 ?? "" }
      return Record(
        action: text[0], rule: text[1], run: text[2], bucket: text[3], path: text[4], id: text[5], sha256: text[6],
        size: Int(text[7]) ?? -1)
    }
  }

  private func record(_ note: JSONValue) -> Record {
    func text(_ name: String) -> String { note[name]?.string ?? "" }
    return Record(
      action: text("action"), rule: text("rule"), run: text("run_id"), bucket: text("bucket"),
      path: text("storage_path"), id: text("id"), sha256: text("sha256"), size: note["size_bytes"]?.int ?? -1)
  }

  @Test func `each removal is in both records, with its row, digest, run and rule`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(20, "linked", linkedTo: ["c"])
    _ = try await supastore.store("orphan", in: "d")
    try supastore.project.query(
      "delete from conversation_files where file_id in (select id from files where original_name = 'orphan')")
    _ = try await supastore.store("lost", in: "d")
    try supastore.age("uploads/d/%", by: "8 days")
    try supastore.project.query("delete from files where original_name = 'lost'")
    try supastore.expire(try await supastore.store("over", in: "d"))
    let named = try await supastore.store("named", in: "e")
    _ = try await supastore.store("spoken", in: "f")
    let rows = try supastore.project.query("select original_name, to_jsonb(f)::text from files f").reduce(
      into: [String: JSONValue]()
    ) { rows, row in rows[row[0] ?? ""] = try JSONValue(line: row[1] ?? "") }

    let cleanup = try await supastore.expectTrashed(3, ["--expired"])
    let delete = try await supastore("delete", "--yes", "--json", named)
    let talk = try await supastore("conversation", "delete", "--yes", "--json", "f")
    let purge = try await supastore("trash", "purge", "--yes", named)
    #expect(delete.exitStatus == 0 && talk.exitStatus == 0 && purge.exitStatus == 0, "\(talk.errors)")
    let notes = try notes()
    let audit = try audit()
    #expect(audit.map(\.action) == ["trash", "trash", "trash", "trash", "trash", "purge"])
    #expect(audit.map(\.rule) == ["orphan", "expired", "object", "deleted", "conversation", "deleted"])
    #expect(
      Array(audit.map(\.run).prefix(5)) == [try cleanup.id, try cleanup.id, try cleanup.id, try delete.id, try talk.id])
    #expect(audit.allSatisfy { $0.sha256.count == 64 && $0.size == 20 && !$0.id.isEmpty })
    // A conversation's are noted under its own action.
    let known = notes.map(record).map { note in
      note.action != "conversation"
        ? note
        : Record(
          action: "trash", rule: note.rule, run: note.run, bucket: note.bucket, path: note.path, id: note.id,
          sha256: note.sha256, size: note.size)
    }
    #expect(known == audit)
    for note in notes where note["rule"] != "object" {
      let name = try #require(rows.first { $0.value["id"] == note["id"] }?.key)
      #expect(note["row"] == rows[name], "\(name)")
      #expect(note["time"]?.string?.hasSuffix("Z") == true && note["project"] == .string(supastore.project.url))
    }
    let details = try supastore.project.query(
      "select detail -> 'file' ->> 'original_name' from supastore_audit where action = 'trash' and rule <> 'object' order by seq"
    )
    #expect(details == [["orphan"], ["over"], ["named"], ["spoken"]])
  }

  /// The program dies as soon as a step is done; what the server saw is in its log.
  private func dies(at step: String, _ arguments: String...) async throws {
    supastore.project.forgetRequests()
    let run = try await supastore.with(["STORAGECORE_CRASH_AT": step]).run(arguments)
    #expect(run.exitStatus == 128 + 9, "\(step): \(run.errors)")
  }

  @Test func `the record is there before anything is removed`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(20, "linked", linkedTo: ["c"])
    let id = try await supastore.store("file", in: "c")
    let talk = try await supastore.store("file", in: "talk")
    try supastore.seed(2, "orphan")
    let before = try supastore.contents()
    try await dies(at: "removal-noted", "delete", "--yes", "--now", id)
    try await dies(at: "removal-noted", "conversation", "delete", "--yes", "talk")
    try await dies(at: "removal-noted", "cleanup", "--apply")
    #expect(supastore.removingRequests() == [])
    #expect(try supastore.contents() == before)
    #expect(try notes().prefix(2).map { $0["id"]?.string } == [id, talk] && notes().count == 4)
    #expect(try audit() == [])

    try await dies(at: "purge-claimed", "delete", "--yes", "--now", id)
    #expect(supastore.removingRequests().count { $0.hasPrefix("DELETE ") } == 0)
    #expect(try supastore.contents().objects == before.objects)
    #expect(try audit().map(\.action) == ["trash", "purge"])
    #expect(try notes().last?["action"] == "purge" && notes().last?["id"] == .string(id))
    try supastore.ageTrash(by: "61 seconds")
    let next = try await supastore("cleanup", "--apply", "--json")
    #expect(try next.exitStatus == 0 && next.ids(.purged) == [id], "\(next.errors)")
    #expect(try next.paths(.trashed) == ["uploads/seed/orphan-1", "uploads/seed/orphan-2"])
  }
}
