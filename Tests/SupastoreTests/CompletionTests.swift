import CommandTable
import FoundationEssentials
import TestSupport
import Testing

@testable import supastore

/// The scripts of `supastore completions`, run by the shells they are for.
@Suite struct CompletionTests {
  private typealias Run = TestSupport.Program

  private let tree: TemporaryDirectory

  init() throws {
    tree = try TemporaryDirectory()
    for name in ["plain.txt", "my file.txt", "my directory/inner.txt", "run:1/a.txt"] { try tree.write([], to: name) }
    for shell in CompletionShell.allCases {
      try tree.write(Registry.program.completionScript(for: shell).utf8, to: "scripts/\(shell.rawValue)")
    }
  }

  /// What bash offers for the last of `words`; `line` is what they were cut from.
  private func bash(_ line: String, _ words: [String], script: String = "bash") async throws -> [String] {
    let outcome = try await Run.run(
      [
        "/bin/bash", "--norc", "-c",
        """
        source "$0"
        COMP_LINE=$1 COMP_POINT=${#1}
        shift
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
        _${1##*/} "$1" "${!#}"
        ((${#COMPREPLY[@]} == 0)) || printf '%s\\n' "${COMPREPLY[@]}"
        """, tree["scripts/\(script)"], line,
      ] + words, directory: tree.path)
    #expect(outcome.errors == "" && outcome.exitStatus == 0)
    return outcome.output.split(separator: "\n").map(String.init)
  }

  /// For a line that bash cuts at its blanks only.
  private func bash(_ line: String) async throws -> [String] {
    try await bash(line, line.split(separator: " ", omittingEmptySubsequences: false).map(String.init))
  }

  @Test func `bash completes commands, their aliases and groups`() async throws {
    let words = try await bash("supastore ")
    for command in Registry.program.shownCommands where command.words.count == 1 {
      #expect(words.contains(command.name) && command.aliases.allSatisfy(words.contains))
    }
    #expect(words.contains("config") && !words.contains("show") && !words.contains(Program.completer))
    #expect(try await bash("supastore mig") == ["migrate"])
    #expect(try await bash("supastore --json -q mig") == ["migrate"])
    #expect(try await bash("supastore config ") == ["show"])
    #expect(try await bash("supastore nosuch ") == [])
  }

  @Test func `bash completes the options of the command and those of all`() async throws {
    #expect(Set(try await bash("supastore setup --")) == Set(globalOptions + ["--check"]))
    #expect(Set(try await bash("supastore config show -")) == Set(globalOptions))
    #expect(Set(try await bash("supastore -")) == Set(globalOptions))
    #expect(try await bash("supastore put --ty") == ["--type"])
  }

  private var globalOptions: [String] { Registry.program.globalOptions.map { "--" + $0.name } }

  @Test func `bash completes both spellings of a switch, and nothing that is hidden`() async throws {
    let program = Program(
      "sample", abstract: "Sample", footer: "", globalOptions: [],
      commands: [
        Declaration(
          "go", abstract: "Go", Flag("progress", negatable: true, help: "Show it."),
          Flag("hidden-flag", hidden: true, help: "Hidden."))
      ])
    try tree.write(program.completionScript(for: .bash).utf8, to: "scripts/sample")
    #expect(
      try await bash("sample go -", ["sample", "go", "-"], script: "sample")
        == ["--help", "--version", "--progress", "--no-progress"])
  }

  @Test func `bash completes the values of an option, written either way`() async throws {
    let types = ["user_upload", "generated", "cache"]
    #expect(try await bash("supastore list --type ") == types)
    #expect(try await bash("supastore list --type=", ["supastore", "list", "--type", "="]) == types)
    #expect(try await bash("supastore ls --type=ge", ["supastore", "ls", "--type", "=", "ge"]) == ["generated"])
    // Where somebody took = out of COMP_WORDBREAKS, all of the word is replaced.
    #expect(try await bash("supastore ls --type=ge") == ["--type=generated"])
    #expect(try await bash("supastore migrate -nj ") == [])
    #expect(try await bash("supastore completions z") == ["zsh"])
  }

  @Test func `bash completes paths where paths are meant`() async throws {
    #expect(try await bash("supastore put pl") == ["plain.txt"])
    #expect(Set(try await bash("supastore upload my")) == ["my file.txt", "my directory"])
    #expect(try await bash("supastore put \"my f", ["supastore", "put", "\"my f"]) == ["my file.txt"])
    #expect(Set(try await bash("supastore migrate ")) == ["my directory", "run:1", "scripts"])
    #expect(try await bash("supastore --state-dir my") == ["my directory"])
    #expect(try await bash("supastore --env-file pl") == ["plain.txt"])
    #expect(
      try await bash("supastore get x --output=pl", ["supastore", "get", "x", "--output", "=", "pl"]) == ["plain.txt"])
    #expect(try await bash("supastore put run:1/", ["supastore", "put", "run", ":", "1/"]) == ["1/a.txt"])
    #expect(try await bash("supastore setup pl") == [])
  }

  @Test func `bash knows where options end and how many operands there are`() async throws {
    #expect(try await bash("supastore put -- --") == [])
    #expect(try await bash("supastore put -- pl") == ["plain.txt"])
    #expect(try await bash("supastore completions bash ") == [])
    #expect(try await bash("supastore migrate -j 8 first --type cache sc") == ["scripts"])
    #expect(try await bash("supastore migrate -j8 --type=cache sc") == ["scripts"])
  }

  /// A program that writes down what it was asked, and answers.
  private func answering(_ answers: String...) async throws -> String {
    let lines = answers.joined(separator: "\n")
    let text = "#!/bin/sh\nprintf '<%s>' \"$@\" >'\(tree["asked"])'\ncat <<'END'\n\(lines)\nEND\n"
    // Written by another process: a file that this one has open for writing, and so a child it is just making, cannot run.
    let outcome = try await Run.run(
      ["/bin/sh", "-c", "cat >\"$0\" && chmod 755 \"$0\"", tree["supastore"]], input: Array(text.utf8))
    try #require(outcome.exitStatus == 0)
    return tree["supastore"]
  }

  private func asked() throws -> String { String(decoding: try tree.read("asked"), as: UTF8.self) }

  @Test func `bash asks the program for stored files and conversations`() async throws {
    let program = try await answering("uploads/c1/a.txt", "uploads/c1/b.txt")
    #expect(try await bash("\(program) get up") == ["uploads/c1/a.txt", "uploads/c1/b.txt"])
    #expect(try asked() == "<__complete><--><file><up>")
    _ = try await bash("\(program) --env-file plain.txt list --conversation 7d")
    #expect(try asked() == "<__complete><--env-file=plain.txt><--><conversation><7d>")
    _ = try await bash(
      "\(program) --env-file=my\\ file.txt list --conversation ",
      [program, "--env-file", "=", "my\\ file.txt", "list", "--conversation", ""])
    #expect(try asked() == "<__complete><--env-file=my file.txt><--><conversation><>")
    _ = try await bash("\(program) help ex")
    #expect(try asked() == "<__complete><--><subject><ex>")
  }

  @Test func `bash quotes what the program answers, and leaves alone what it does not replace`() async throws {
    let program = try await answering("a:b c", "a:b$d")
    #expect(try await bash("\(program) ls --conversation ") == ["a:b\\ c", "a:b\\$d"])
    #expect(
      try await bash("\(program) ls --conversation a:b", [program, "ls", "--conversation", "a", ":", "b"])
        == ["b\\ c", "b\\$d"])
    #expect(
      try await bash("\(program) ls --conversation 'a", [program, "ls", "--conversation", "'a"]) == ["a:b c", "a:b$d"])
  }

  @Test func `completing runs nothing of what is being typed`() async throws {
    let program = try await answering("x")
    let word = "$(touch\\ \(tree["harm"]))"
    _ = try await bash("\(program) --env-file \(word) get ", [program, "--env-file", word, "get", ""])
    #expect(try asked().contains("--env-file=$(touch "))
    #expect(!FileManager.default.fileExists(atPath: tree["harm"]))
  }

  @Test(.enabled(if: TestSupport.Program.isInstalled("zsh"), "zsh is not installed"))
  func `zsh can read its script`() async throws {
    let outcome = try await Run.run(["/usr/bin/env", "zsh", "-n", tree["scripts/zsh"]])
    #expect(outcome.exitStatus == 0 && outcome.errors == "")
  }

  @Test(.enabled(if: TestSupport.Program.isInstalled("fish"), "fish is not installed"))
  func `fish completes the same`() async throws {
    #expect(try await Run.run(["/usr/bin/env", "fish", "-n", tree["scripts/fish"]]).exitStatus == 0)
    _ = try await answering("a:b c", "a:bd")
    func fish(_ line: String) async throws -> [String] {
      let outcome = try await Run.run(
        [
          "/usr/bin/env", "fish", "--no-config", "-c", "source $argv[1]; complete -C $argv[2]", tree["scripts/fish"],
          line,
        ],
        environment: ["PATH": "\(tree.path):/usr/bin:/bin"], directory: tree.path)
      #expect(outcome.errors == "")
      return outcome.output.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
    }
    #expect(try await fish("supastore mig") == ["migrate"])
    #expect(try await fish("supastore config ") == ["show"])
    #expect(try await fish("supastore put my") == ["my directory/", "my file.txt"])
    #expect(try await fish("supastore migrate my") == ["my directory/"])
    #expect(try await fish("supastore completions bash ") == [])
    #expect(try await fish("supastore -q migrate -nj 8 --ty") == ["--type"])
    #expect(try await fish("supastore ls --type=g") == ["--type=generated"])
    #expect(try await fish("supastore put -- --ty") == [])
    #expect(try await fish("supastore --env-file 'my file.txt' ls --conversation a") == ["a:b c", "a:bd"])
    #expect(try asked() == "<__complete><--env-file=my file.txt><--><conversation><a>")
  }
}
