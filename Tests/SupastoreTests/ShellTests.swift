import CommandTable
import FoundationEssentials
import StorageModel
import TestSupport
import Testing

@testable import SupastoreShell
@testable import supastore

/// The built program, from outside.
@Suite struct ShellTests {
  private func run(_ arguments: String..., environment: [String: String] = [:]) async throws
    -> TestSupport.Program.Outcome
  {
    try await TestSupport.Program.run([TestSupport.Program.product("supastore")] + arguments, environment: environment)
  }

  private func script(_ text: String) async throws -> TestSupport.Program.Outcome {
    let program = try TestSupport.Program.product("supastore")
    return try await TestSupport.Program.run(["/bin/sh", "-c", text, program])
  }

  @Test(arguments: ["--version", "version"])
  func `the version is one line on standard output`(_ argument: String) async throws {
    let outcome = try await run(argument)
    #expect(outcome.output == "supastore \(Version.number)\n" && outcome.errors == "" && outcome.exitStatus == 0)
    #expect(try await run(argument, "-q").output == outcome.output)
  }

  @Test func `the version as JSON`() async throws {
    #expect(
      try await run("version", "--json").output
        == "{\"type\":\"version\",\"version\":\"\(Version.number)\",\"json_version\":1}\n")
  }

  @Test func `without a command the help goes to standard error`() async throws {
    let outcome = try await run()
    #expect(outcome.output == "" && outcome.exitStatus == 2)
    #expect(outcome.errors == Registry.program.help(on: .program))
  }

  @Test func `help is a result`() async throws {
    let outcome = try await run("help")
    #expect(outcome.output == Registry.program.help(on: .program))
    #expect(outcome.errors == "" && outcome.exitStatus == 0)
    #expect(try await run("--help").output == outcome.output)
    #expect(try await run("help", "help").output == run("help", "--help").output)
    let narrow = try await run("help", "output", environment: ["COLUMNS": "50"])
    #expect(narrow.output != Registry.program.help(on: .topic(Topics.output)))
    #expect(narrow.output == Registry.program.help(on: .topic(Topics.output), width: 50))
  }

  @Test func `every exit status and every setting is explained`() async throws {
    let statuses = try await run("help", "exit-codes").output
    #expect(SupastoreShell.ExitStatus.allCases.allSatisfy { statuses.contains("\n  \($0.rawValue) ") })
    let settings = try await run("help", "environment").output
    #expect(settings.contains("\n  SUPABASE_SERVICE_ROLE_KEY ") && settings.contains("\n  NO_COLOR "))
  }

  @Test func `the codes of errors are explained as docs json md explains them`() async throws {
    let page = try String(contentsOf: Self.root.appending(path: "docs/json.md"), encoding: .utf8)
    // | `code` | meaning | exit status |
    let rows = page.split(separator: "\n").compactMap { line -> String? in
      let cells = line.split(separator: "|").map {
        $0.split(separator: " ").joined(separator: " ").filter { $0 != "`" }
      }
      return cells.count == 3 && Int(cells[2]) != nil ? "\(cells[0]) \(cells[2]): \(cells[1])" : nil
    }
    let help = Registry.program.help(on: .topic(Topics.json), width: 1000).split(separator: "\n")
    let shown = Set(help.map { $0.split(separator: " ").joined(separator: " ") })
    #expect(rows.count >= 19)
    for row in rows { #expect(shown.contains(row)) }
    for code in StorageError.Code.allCases { #expect(rows.contains { $0.hasPrefix(code.rawValue + " ") }) }
  }

  @Test func `misuse ends with 2, an error and a hint`() async throws {
    let outcome = try await run("helb")
    #expect(outcome.exitStatus == 2 && outcome.output == "")
    #expect(
      outcome.errors == "supastore: error: unknown command 'helb'\nsupastore: hint: did you mean 'supastore help'?\n")
    #expect(try await run("help", "zzz").exitStatus == 2)
  }

  @Test func `misuse is JSON where JSON is wanted, whatever else is wrong`() async throws {
    let outcome = try await run("version", "--jsn", "--json")
    #expect(outcome.exitStatus == 2)
    #expect(
      outcome.errors
        == #"{"error":{"code":"usage","message":"unknown option --jsn","hint":"did you mean --json?","#
        + #""retryable":false}}"#
        + "\n")
  }

  @Test func `a key on the command line is not repeated`() async throws {
    for line in [["--key=sb_secret_SGVsbG8", "help"], ["help", "eyJSGVsbG8"], ["sb_secret_SGVsbG8"]] {
      let outcome = try await TestSupport.Program.run([TestSupport.Program.product("supastore")] + line)
      #expect(outcome.exitStatus == 2 && outcome.errors.hasPrefix("supastore: error: "))
      #expect(!outcome.errors.contains("SGVsbG8"))
    }
  }

  @Test func `a reader that goes away ends it quietly`() async throws {
    // The reader closes its end before the program starts.
    let outcome = try await script(
      #"mkfifo gate; { cat gate; "$0" help; echo $? >&2; } | { exec <&-; echo >gate; }"#)
    #expect(outcome.errors == "1\n")
  }

  @Test(arguments: ["help", "--version"])
  func `a full disk is an error`(_ command: String) async throws {
    let outcome = try await script(#""$0" \#(command) >/dev/full"#)
    #expect(outcome.exitStatus == 1)
    if command == "help" {
      #expect(outcome.errors.contains("standard output cannot be written: No space left on device"))
      #expect(outcome.errors.contains("supastore: hint: "))
    }
  }

  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test func `the checked-in command reference is current`() throws {
    let document = try String(contentsOf: Self.root.appending(path: "docs/commands.md"), encoding: .utf8)
    #expect(document == Registry.program.markdownReference, "run scripts/generate-command-reference")
  }
}
