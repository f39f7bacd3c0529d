import StorageEngine
import TestSupport
import Testing

@Suite(.standIn(per: .test)) struct MigrationTests {
  @Test func `every file of a tree is stored, recorded and linked once`() async throws {
    let fixture = try MigrationFixture()
    try await fixture.makeBuckets()
    for number in 0..<40 { try fixture.tree.write("file \(number)".utf8, to: "d\(number % 4)/f\(number).txt") }
    try fixture.tree.write([], to: "empty")

    let (summary, files) = try await fixture.migrate()

    #expect(summary.endedBy == nil)
    #expect(summary.counts == [.stored: 41])
    #expect(try fixture.counts() == [41, 41, 41])
    #expect(files.allSatisfy { $0.storagePath?.hasPrefix("uploads/c1/") == true && $0.sha256?.count == 64 })
    #expect(summary.requestCount <= 41 + 7)
  }

  @Test func `a second run sends nothing and says so`() async throws {
    let fixture = try MigrationFixture()
    try await fixture.makeBuckets()
    for number in 0..<10 { try fixture.tree.write("file \(number)".utf8, to: "f\(number)") }
    _ = try await fixture.migrate()
    fixture.project.forgetRequests()

    let (summary, _) = try await fixture.migrate()
    let (withoutJournal, _) = try await fixture.migrate(state: TemporaryDirectory())

    #expect(summary.counts == [.unchanged: 10])
    #expect(withoutJournal.counts == [.unchanged: 10])
    #expect(fixture.project.requests().allSatisfy { $0.method == "GET" || $0.target.contains("list-v2") })
  }

  @Test(arguments: ["object", "row", "link"])
  func `what another hand removed is mended and counted as stored`(_ removed: String) async throws {
    let fixture = try MigrationFixture()
    try await fixture.makeBuckets()
    for number in 0..<5 { try fixture.tree.write("file \(number)".utf8, to: "f\(number)") }
    _ = try await fixture.migrate()
    let statement =
      switch removed {
      case "object": "set storage.allow_delete_query = true; delete from storage.objects where name like '%/f3.%'"
      case "row": "delete from files where original_name = 'f3'"
      default: "delete from conversation_files where file_id = (select id from files where original_name = 'f3')"
      }
    for part in statement.split(separator: ";") where !part.contains("allow_delete") {
      if removed == "object" {
        try fixture.project.query(
          "do $$ begin perform set_config('storage.allow_delete_query','true',true); \(part); end $$")
      } else {
        try fixture.project.query(String(part))
      }
    }

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.unchanged: 4, .stored: 1])
    #expect(files.first { $0.status == .stored }?.originalName == "f3")
    #expect(try fixture.counts() == [5, 5, 5])
  }

  @Test func `names of every kind come back exactly`() async throws {
    let fixture = try MigrationFixture()
    try await fixture.makeBuckets()
    let names = [
      "a b", "q\"'", "#?%", "back\\slash", "new\nline", "Grüße", "文件", "🎉", "cafe\u{301}", "caf\u{e9}", "-rf",
    ]
    for name in names { try fixture.tree.write("content of \(name)".utf8, to: name) }

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.stored: names.count])
    #expect(Set(files.map { Array($0.originalName.utf8) }) == Set(names.map { Array($0.utf8) }))
    let stored = try fixture.project.query("select original_name from files").map { Array(($0[0] ?? "").utf8) }
    #expect(Set(stored) == Set(names.map { Array($0.utf8) }))
  }
}
