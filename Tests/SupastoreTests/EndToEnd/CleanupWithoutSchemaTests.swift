import TestSupport
import Testing

/// A database of Phase 1: what is left behind is told, and nothing is removed.
@Suite(.standIn(per: .test, maxRows: 2), .timeLimit(.minutes(5))) struct CleanupWithoutSchemaTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  @Test func `orphans are reported to the last, although an answer holds two rows`() async throws {
    try await supastore.setUp()
    try supastore.seed(7, "linked", linkedTo: ["c", "d", "e"])
    try supastore.seed(5, "orphan")
    try supastore.seed(3, "young", age: "6 days 23 hours")
    try await supastore.expectRefusal(by: ["not_installed"])
    let run = try await supastore("cleanup", "--json")
    #expect(run.exitStatus == 0)
    #expect(try run.paths(.found) == (1...5).map { "uploads/seed/orphan-\($0)" })
    #expect(try run.documents.last?["refused_by"] == .array(["not_installed"]))
    let text = try await supastore("cleanup", "--apply")
    #expect(text.exitStatus == 7 && text.errors.contains("not_installed: ") && text.errors.contains("supastore schema"))
  }

  @Test func `what deletes by name refuses, and shows on request what it would delete`() async throws {
    try await supastore.setUp()
    let id = try await supastore.store("file", in: "c")
    let before = try supastore.contents()
    for arguments in [["delete", id], ["delete", "--now", id], ["conversation", "delete", "c"]] {
      let run = try await supastore.run(arguments + ["--yes", "--json"])
      #expect(run.exitStatus == 7 && run.errors.contains("not_installed: "), "\(arguments): \(run.errors)")
      let dry = try await supastore.run(arguments + ["--dry-run", "--json"])
      #expect(try dry.exitStatus == 0 && dry.ids(.found) == [id], "\(dry.errors)")
    }
    for arguments in [["trash", "list"], ["trash", "restore", id], ["trash", "purge", "--yes", id]] {
      let run = try await supastore.run(arguments)
      #expect(run.exitStatus == 1 && run.errors.contains("supastore schema"), "\(arguments): \(run.errors)")
    }
    #expect(try supastore.contents() == before)
  }
}
