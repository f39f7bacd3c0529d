import CommandTable
import FoundationEssentials
import TestSupport
import Testing

@testable import supastore

/// The manual as `scripts/generate-man-pages` writes it.
@Suite struct ManualTests {
  private let directory: TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// Writes the pages and returns their names.
  private func generate() async throws -> Set<String> {
    let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "scripts/generate-man-pages").path()
    let outcome = try await TestSupport.Program.run(
      ["/bin/sh", script, directory["man1"], TestSupport.Program.product("supastore")])
    #expect(outcome.exitStatus == 0 && outcome.errors == "" && outcome.output == directory["man1"] + "\n")
    return Set(try FileManager.default.contentsOfDirectory(atPath: directory["man1"]))
  }

  private func page(_ name: String) throws -> String {
    String(decoding: try directory.read("man1/\(name)"), as: UTF8.self)
  }

  @Test func `there is a page for each command, with its sections and every option`() async throws {
    let names = try await generate()
    let program = Registry.program
    #expect(
      names == Set(["supastore.1"] + program.shownCommands.map { "supastore-\($0.words.joined(separator: "-")).1" }))
    for command in program.shownCommands {
      let name = "supastore-\(command.words.joined(separator: "-")).1"
      let page = try page(name)
      let sections = page.split(separator: "\n").filter { $0.hasPrefix(".SH") }.map {
        $0.dropFirst(4).filter { $0 != "\"" }
      }
      let arguments =
        command.items.contains { $0.placeholder != nil && !$0.spelled.hasPrefix("--") } ? ["ARGUMENTS"] : []
      #expect(
        sections == ["NAME", "SYNOPSIS", "DESCRIPTION"] + arguments
          + ["OPTIONS", "EXIT STATUS", "ENVIRONMENT", "EXAMPLES", "SEE ALSO"], "\(name)")
      for item in command.items + program.globalOptions where !item.isHidden {
        let spelled = item.spelled.replacing("-", with: "\\-")
        #expect(page.contains(spelled), "\(name) lacks \(item.spelled)")
      }
    }
    let overview = try page("supastore.1")
    for section in ["COMMANDS", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "JSON", "EXAMPLES"] {
      #expect(overview.contains(".SH \"\(section)\"\n"), "\(section)")
    }
  }

  @Test(.enabled(if: TestSupport.Program.isInstalled("groff"), "groff is not installed"))
  func `groff has nothing to complain of`() async throws {
    for name in try await generate() {
      let outcome = try await TestSupport.Program.run(
        ["/usr/bin/env", "groff", "-man", "-ww", "-Tutf8", "-z", directory["man1/\(name)"]])
      #expect(outcome.exitStatus == 0 && outcome.errors == "", "\(name): \(outcome.errors)")
    }
  }
}

extension Specification {
  /// `--jobs`, or an operand's placeholder.
  fileprivate var spelled: String {
    switch role {
    case .flag(let negatable): negatable ? "--[no-]\(name)" : "--\(name)"
    case .option: "--\(name)"
    case .operand: placeholder ?? name
    }
  }
}
