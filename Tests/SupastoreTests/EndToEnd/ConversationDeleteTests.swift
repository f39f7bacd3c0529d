import TestSupport
import Testing

@Suite(.standIn(per: .test, maxRows: 2), .timeLimit(.minutes(5))) struct ConversationDeleteTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  @Test func `a dry run lists to the last what would go, although an answer holds two rows`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(5, "own", linkedTo: ["c"])
    try supastore.seed(3, "shared", linkedTo: ["c", "d", "e"])
    try supastore.seed(2, "other", linkedTo: ["d"])
    let before = try supastore.contents()
    let dry = try await supastore("conversation", "delete", "c", "--dry-run", "--json")
    #expect(dry.exitStatus == 0, "\(dry.errors)")
    let listed = try dry.paths(.found)
    #expect(listed == (1...5).map { "uploads/seed/own-\($0)" })
    #expect(try dry.documents.last?["files"] == 5 && dry.documents.last?["shared"]?.array?.count == 3)
    let text = try await supastore("conversation", "delete", "c", "-n").output
    #expect(text.contains("would delete user-files/uploads/seed/own-5\n") && text.contains("would keep "))
    #expect(text.hasSuffix("would delete conversation c with its messages\n"))
    #expect(try supastore.contents() == before)

    let run = try await supastore("conversation", "delete", "c", "--yes", "--json")
    #expect(run.exitStatus == 0, "\(run.errors)")
    #expect(try run.paths(.trashed) == listed)
    #expect(try run.documents.last?["files"] == 5 && run.documents.last?["shared"]?.array?.count == 3)
    #expect(try supastore.counts().rows == 5 && supastore.counts().links == 8)
    #expect(try supastore.contents().objects == before.objects)

    // With the conversation made again, all of it comes back.
    #expect(try await supastore("conversation", "create", "c").exitStatus == 0)
    let restore = try await supastore("trash", "restore", "--conversation", "c", "--json")
    #expect(try restore.exitStatus == 0 && restore.documents.last?["restored"] == 5, "\(restore.errors)")
    #expect(try restore.documents("restoration").allSatisfy { $0["links"] == 1 })
    #expect(try supastore.contents().rows == before.rows && supastore.counts().links == 13)
  }

  /// `WitnessTests` has the official client look at the same.
  @Test(arguments: [true, false])
  func `test 4 of the guide: a deleted conversation takes its file with it`(_ atOnce: Bool) async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "cascade")
    #expect(try await supastore("conversation", "show", "cascade").exitStatus == 0)
    let delete = try await supastore.run(
      ["conversation", "delete", "--yes", "cascade"] + (atOnce ? ["--now"] : []))
    #expect(delete.exitStatus == 0, "\(delete.errors)")
    #expect(try supastore.counts() == StoredCounts(objects: atOnce ? 0 : 1, rows: 0, links: 0, complete: 0))
    for command in [["conversation", "show", "cascade"], ["info", id], ["download", id, "-o", "-"]] {
      #expect(try await supastore.run(command).exitStatus == 4, "\(command)")
    }
    guard !atOnce else { return }
    try supastore.ageTrash(by: "31 days")
    let cleanup = try await supastore("cleanup", "--apply", "--json")
    #expect(try cleanup.exitStatus == 0 && cleanup.ids(.purged) == [id], "\(cleanup.errors)")
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `it asks at a terminal, and needs --yes elsewhere`() async throws {
    try await supastore.setUpTrash()
    _ = try await supastore.store("file", in: "c")
    let before = try supastore.contents()
    let refused = try await supastore("conversation", "delete", "c")
    #expect(refused.exitStatus == 2 && refused.errors.contains("--yes"))
    let no = try await supastore.onTerminal("\"$PROGRAM\" conversation delete c", typing: "n\n")
    #expect(
      no.exitStatus == 1 && no.output.contains("delete conversation c with its messages, and 1 file (20 B)? [y/N] "))
    #expect(no.output.contains("nothing was removed"))
    #expect(try supastore.contents() == before)
    let yes = try await supastore.onTerminal("\"$PROGRAM\" conversation delete c --now", typing: "y\n")
    #expect(yes.exitStatus == 0 && yes.output.contains(" for good? [y/N] "), "\(yes.output)")
    #expect(yes.output.contains("deleted conversation c with 0 messages"))
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `the uuid of its row names it, too, and other conversations keep theirs`() async throws {
    try await supastore.setUpTrash()
    let kept = try await supastore.store("file", in: "other")
    let id = try await supastore.store("file", in: "c")
    let row = try #require(
      try supastore.project.query("select id from conversations where continuation_id = 'c'")[0][0])
    let run = try await supastore("conversation", "delete", row, "--yes", "--json")
    #expect(try run.exitStatus == 0 && run.ids(.trashed) == [id])
    #expect(try run.documents.last?["continuation_id"] == "c" && run.documents.last?["conversation_id"] == .string(row))
    #expect(try supastore.project.query("select id from files") == [[kept]])
    for arguments in [
      ["conversation", "delete"], ["conversation", "delete", ""], ["conversation", "delete", "a", "b"],
    ] {
      #expect(try await supastore.run(arguments + ["--yes"]).exitStatus == 2)
    }
  }
}
