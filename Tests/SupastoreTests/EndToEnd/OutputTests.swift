import TestSupport
import Testing

/// Where the output cannot be written: by nobody reading it, or by a full disk.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct OutputTests {
  private static let commands = [
    "list", "list --json", "list --csv", "list -0", "info \"$2\"", "link --conversation c \"$2\"",
    "conversation create c", "migrate --json \"$1\"", "migrate \"$1\"", "migrate --dry-run \"$1\"", "setup", "schema",
    "test-connection", "test-connection --json", "config show", "download \"$2\" -o -", "upload \"$1/f1\"", "version",
  ]

  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    for number in 0..<3 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
  }

  /// A command's words, with `$1` a directory and `$2` a stored file.
  private func prepare() async throws -> String {
    try await supastore.setUp()
    let run = try await supastore("upload", "--json", tree["root/f0"])
    return try #require(try run.documents.first?["id"]?.string)
  }

  @Test(arguments: commands)
  func `a reader that has gone ends it quietly`(_ command: String) async throws {
    let id = try await prepare()
    // Opening a pipe by name waits for the other end; the reader has closed it before anything is written.
    let run = try await supastore.script(
      "mkfifo p; : <p & exec 3>p; wait; \"$0\" \(command) >&3; echo $? >&2", tree["root"], id)
    #expect(run.errors == "1\n")
  }

  @Test(arguments: commands)
  func `a full disk is told`(_ command: String) async throws {
    let id = try await prepare()
    let run = try await supastore.script("\"$0\" \(command) >/dev/full", tree["root"], id)
    #expect(run.exitStatus == 1)
    #expect(run.errors.contains("standard output cannot be written: No space left on device"), "\(run.errors)")
  }

  @Test func `a migration whose reader goes away is completed by the next`() async throws {
    _ = try await prepare()
    for number in 3..<60 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
    let run = try await supastore.script("\"$0\" migrate --json \"$1\" | head -n 1", tree["root"])
    #expect(run.output.split(separator: "\n").count == 1 && run.errors == "")
    #expect(try await supastore("migrate", tree["root"]).exitStatus == 0)
    #expect(try supastore.project.query("select from conversation_files").count == 60)
  }

  @Test func `what nobody reads on standard error ends nothing`() async throws {
    _ = try await prepare()
    let run = try await supastore.script("\"$0\" migrate --verbose \"$1\" 2>/dev/full", tree["root"])
    #expect(run.exitStatus == 0 && run.output.hasPrefix("3 files: 3 stored"))
  }
}
