import CommandTable
import FoundationEssentials
import StorageCore
import StorageEngine
import StorageModel
import TestSupport
import Testing

@testable import SupastoreRendering
@testable import SupastoreShell
@testable import supastore

/// docs/operations.md and the units for systemd beside it say nothing that the program does not understand.
@Suite struct OperationsDocumentTests {
  private static let documents = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "docs")
  private static let units = ["supastore-cleanup.service", "supastore-cleanup.timer"]

  private func text(_ name: String) throws -> String {
    try String(contentsOf: Self.documents.appending(path: name), encoding: .utf8)
  }

  /// What follows the program's name in lines of shell, cron and units, word by word.
  private func commandLines(in lines: some Sequence<Substring>) -> [[String]] {
    var commands: [[String]] = []
    for line in lines {
      let words = line.replacing("ExecStart=", with: "").split(separator: " ").map {
        String($0).replacing("'", with: "").replacing("\"", with: "")
      }
      // In a line of cron the user, of the same name, comes before it.
      guard
        let program = words.lastIndex(where: { $0 == "/usr/bin/supastore" }) ?? (words.first == "supastore" ? 0 : nil)
      else { continue }
      let isEnd = { (word: String) in ["|", "&&", ";", "#"].contains(word) || word.hasPrefix(">") }
      commands.append(Array(words[(program + 1)...].prefix { !isEnd($0) }))
    }
    return commands
  }

  private func codeLines(_ page: String) -> [Substring] {
    page.split(separator: "```", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
      .flatMap { $0.element.split(separator: "\n") }.map { $0.trimmingPrefix(while: { $0 == " " }) }
  }

  /// Commands that are named in the text.
  private func spans(_ page: String) -> [Substring] {
    page.replacing("```", with: "").split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map(\.element)
  }

  private func isKnown(_ words: [String]) -> Bool { Registry.command(declaring: words.first ?? "") != nil }

  @Test func `every line of shell, cron and systemd is one that the program runs`() throws {
    let page = try text("operations.md")
    let lines =
      try commandLines(in: codeLines(page)) + commandLines(in: text("systemd/\(Self.units[0])").split(separator: "\n"))
    #expect(lines.count { $0.first == "cleanup" } == 3 && lines.count > 10)
    for words in lines where words.first != "verify" || isKnown(words) {
      guard case .run = try Registry.program.parse(words.map { RawArgument($0) }) else {
        Issue.record("\(words)")
        continue
      }
    }
  }

  @Test func `the timer and cron clean up in the same way`() throws {
    let unit = try commandLines(in: text("systemd/\(Self.units[0])").split(separator: "\n"))
    let cron = try commandLines(in: codeLines(text("operations.md"))).first { $0.contains("--env-file") }
    let settings = ["--env-file", "/etc/supastore/environment"]
    #expect(unit.count == 1 && cron?.filter { !settings.contains($0) } == unit[0])
  }

  @Test func `every command that is named in the text has the options it is named with`() throws {
    let program = Registry.program
    var count = 0
    for span in try spans(text("operations.md")) {
      let words = span.split(separator: " ").map(String.init)
      let start = words.first == "supastore" ? 1 : 0
      let named = words[start...].prefix { $0 != "|" }
      guard
        let declaration = program.commands.filter({ command in
          named.starts(with: command.name.split(separator: " ").map(String.init))
        }).max(by: { $0.name.count < $1.name.count })
      else {
        #expect(start == 0 || named.first == "verify" || words.count == 1, "\(span)")
        continue
      }
      count += 1
      let options = Set((declaration.items + program.globalOptions).map { "--\($0.name)" })
      for option in named where option.hasPrefix("--") { #expect(options.contains(option), "\(span)") }
    }
    #expect(count > 15)
  }

  @Test func `every setting that is named exists`() throws {
    let names = Set(Setting.allCases.flatMap { [$0.name] + [$0.fileVariant].compactMap(\.self) })
    for name in try [text("operations.md"), text("systemd/\(Self.units[0])")].flatMap({ text in
      text.split { !$0.isASCII || !($0.isUppercase || $0 == "_") }.map(String.init)
    }) where name.hasPrefix("SUPASTORE_") || name.hasPrefix("SUPABASE_") {
      #expect(names.contains(name))
    }
  }

  @Test func `every safeguard, class and status of a cleanup is explained`() throws {
    let page = try text("operations.md")
    let words =
      Safeguard.allCases.map(\.rawValue) + CleanupClass.allCases.map(\.rawValue)
      + Removal.Status.allCases.map(\.rawValue)
    for word in words { #expect(page.contains("`\(word)`"), "\(word)") }
    let metrics = CleanupMetrics(applies: true, status: .done, endedAt: .now, duration: .seconds(1), summary: nil)
    for line in try metrics.text(for: #require(LocalPath("x")), lastSuccess: nil).split(separator: "\n")
    where line.hasPrefix("# TYPE ") {
      let name = line.split(separator: " ")[2].trimmingPrefix("supastore_cleanup_")
      #expect(page.contains("| `\(name)") || page.contains(", `\(name)"), "\(name)")
    }
  }

  @Test(.enabled(if: Program.isInstalled("systemd-analyze")))
  func `systemd finds nothing wrong with the units, and rates them safe`() async throws {
    let directory = try TemporaryDirectory()
    for unit in Self.units {
      let text = try text("systemd/\(unit)").replacing("/usr/bin/supastore", with: Program.product("supastore"))
      try directory.write(text.utf8, to: unit)
    }
    let verify = try await Program.run(
      ["systemd-analyze", "verify", "--man=no"] + Self.units.map { directory[$0] })
    #expect(verify.exitStatus == 0 && verify.errors == "", "\(verify.errors)")
    let security = try await Program.run(
      ["systemd-analyze", "security", "--offline=true", "--threshold=20", "--no-pager", directory[Self.units[0]]])
    #expect(security.exitStatus == 0, "\(security.output)")
  }
}
