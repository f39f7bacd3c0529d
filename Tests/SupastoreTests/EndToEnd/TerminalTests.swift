import TestSupport
import Testing

/// What the program makes of the terminal, of `--quiet` and of `--verbose`.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct TerminalTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    for number in 1...3 { try tree.write("file \(number)".utf8, to: "root/a name of some length \(number).txt") }
  }

  /// Stores the tree.
  private func prepare() async throws {
    try await supastore.setUp()
    let run = try await supastore("migrate", tree["root"])
    try #require(run.exitStatus == 0)
  }

  @Test func `headings are bold on a terminal, unless NO_COLOR or TERM forbid it`() async throws {
    #expect(try await supastore.onTerminal("\"$PROGRAM\" help").output.contains("\u{1B}[1mCommands:\u{1B}[0m"))
    for variables in [["NO_COLOR": "1"], ["TERM": "dumb"]] {
      let output = try await supastore.onTerminal("\"$PROGRAM\" help", variables).output
      #expect(output.contains("\nCommands:\n") && !output.contains("\u{1B}"))
    }
    #expect(try await supastore.onTerminal("\"$PROGRAM\" help", ["NO_COLOR": ""]).output.contains("\u{1B}[1m"))
    #expect(try await !supastore("help").output.contains("\u{1B}"))
  }

  @Test(arguments: [50, 70, 100])
  func `help is wrapped to the width of the terminal`(_ columns: Int) async throws {
    let lines = try await supastore.onTerminal(
      "\"$PROGRAM\" help output", columns: columns, ["NO_COLOR": "1", "COLUMNS": "30"]
    ).output.split(separator: "\n")
    let longest = lines.map(\.count).max() ?? 0
    #expect(longest <= columns && longest > columns - 15)
  }

  @Test func `a table fits the terminal, and is whole elsewhere`() async throws {
    try await prepare()
    for columns in [40, 60] {
      let lines = try await supastore.onTerminal("\"$PROGRAM\" list", columns: columns).output.split(separator: "\n")
      #expect(lines.count >= 4 && lines.allSatisfy { $0.count <= columns })
    }
    #expect(try await supastore("list").output.contains("a name of some length 3.txt"))
  }

  @Test func `progress is drawn in place on a terminal, and erased before the summary`() async throws {
    try await supastore.setUp()
    let run = try await supastore.onTerminal("\"$PROGRAM\" migrate '\(tree["root"])'")
    #expect(run.exitStatus == 0)
    #expect(run.output.hasPrefix("\r") && run.output.contains(" files, ") && run.output.contains("\r\u{1B}[K3 files: "))
    for (options, variables) in [("--quiet", [:]), ("", ["TERM": "dumb"])] {
      let run = try await supastore.onTerminal("\"$PROGRAM\" migrate \(options) '\(tree["root"])'", variables)
      #expect(run.output.hasPrefix("3 files: 3 unchanged") && !run.output.contains("\u{1B}"))
    }
  }

  private static let commands = [
    ["setup"], ["test-connection"], ["migrate", "ROOT"], ["migrate", "--dry-run", "ROOT"],
    ["upload", "ROOT/a name of some length 1.txt"], ["list"], ["list", "--limit", "1"], ["list", "--search", "nosuch"],
    ["info", "STORED"], ["download", "STORED", "-o", "-"], ["link", "STORED", "--conversation", "c2"],
    ["unlink", "STORED", "--conversation", "c2"], ["conversation", "create", "c3"], ["conversation", "list"],
    ["conversation", "show", "root"],
  ]

  @Test func `quiet commands say nothing aside, and verbose ones which project and how many requests`() async throws {
    try await prepare()
    let stored = try #require(try await supastore("list", "--json").documents("file").first?["id"]?.string)
    for command in Self.commands {
      let line = command.map { $0.replacing("ROOT", with: tree["root"]).replacing("STORED", with: stored) }
      let quiet = try await supastore.run(line + ["--quiet", "--verbose"])
      #expect(quiet.exitStatus == 0 && quiet.errors == "", "\(command): \(quiet.errors)")
      #expect(quiet.output.isEmpty == command.contains("nosuch"), "\(command)")
      let verbose = try await supastore.run(line + ["--verbose"])
      #expect(verbose.exitStatus == 0)
      #expect(verbose.errors.contains("supastore: project http://127.0.0.1:"), "\(command): \(verbose.errors)")
      #expect(verbose.errors.contains(" requests in "), "\(command): \(verbose.errors)")
    }
  }
}
