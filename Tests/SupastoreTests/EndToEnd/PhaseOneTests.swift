import TestSupport
import Testing

/// Everything but deleting works on the tables as Phase 1 left them.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct PhaseOneTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    for name in ["a.txt", "notes/b.md"] { try tree.write("content of \(name)".utf8, to: "root/\(name)") }
  }

  /// Runs a command that has to work.
  @discardableResult
  private func run(_ arguments: String...) async throws -> Run {
    let run = try await supastore.run(arguments)
    #expect(run.exitStatus == 0, "\(arguments): \(run.output)\(run.errors)")
    return run
  }

  private func runEverything(_ conversation: String) async throws {
    try await run("test-connection")
    try await run("setup", "--check")
    let upload = try await run("upload", "data:,\(conversation)", "--conversation", conversation, "--json")
    let id = try #require(try upload.documents("file").first?["id"]?.string)
    try await run("info", id)
    #expect(try await run("list", "--conversation", conversation, "--json").documents("file").count == 1)
    try await run("link", "--conversation", "\(conversation)-other", id)
    try await run("unlink", "--conversation", "\(conversation)-other", id)
    #expect(try await run("download", id, "-o", "-").output == conversation)
    try await run("migrate", tree["root"], "--conversation", "\(conversation)-tree")
    try await run("migrate", tree["root"], "--conversation", "\(conversation)-tree", "--dry-run")
    try await run("status")
    try await run("sync")
    try await run("conversation", "create", "\(conversation)-new")
    try await run("conversation", "list")
    try await run("conversation", "show", conversation)
  }

  @Test func `scenario 37: all of it on version 1, then the drift, the schema twice, and no drift`() async throws {
    try await supastore.setUp()
    let catalog = try await supastore.catalog(of: supastore.project.databaseURL)
    try await runEverything("one")
    #expect(try await supastore.catalog(of: supastore.project.databaseURL) == catalog)

    let drift = try await supastore("schema", "--check")
    #expect(drift.exitStatus == 8)
    let lines = drift.output.split(separator: "\n").map(String.init)
    let first = "table supastore_trash: missing, with its columns bucket, key, state, rule, run_id, "
    #expect(lines.first?.hasPrefix(first) == true)
    #expect(lines.contains("function supastore_survey: missing"))
    // Nothing of version 1 is found wanting.
    #expect(lines.dropLast().allSatisfy { $0.contains(" supastore_") && $0.contains(": missing") })
    #expect(
      lines.last == "schema: \(lines.count - 1) differences; version 2, the trash, is not installed; run "
        + "`supastore schema | psql \"$DB_URL\"`")
    #expect(drift.errors.hasPrefix("supastore: what the API does not show was not compared: "))
    let documents = try await supastore("schema", "--check", "--json").documents
    #expect(documents.last?["complete"] == false && documents.last?["version"] == 1)
    #expect(documents.count == lines.count)

    for _ in 0..<2 {
      try await supastore.installSchema(restricting: true)
      let check = try await supastore("schema", "--check")
      #expect(check.exitStatus == 0 && check.errors == "", "\(check.output)")
    }
    try await runEverything("two")
    #expect(try await supastore("schema", "--check").exitStatus == 0)
  }
}
