internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// `supastore config show`
enum ConfigShowCommand {
  static let declaration = Declaration(
    "config show", abstract: "Show every setting, its value and where it comes from",
    discussion: """
      Of a key it is only said whether it is set. Under TEST_FILES_DIR stands every directory it names, and whether it \
      is usable. The settings themselves are explained by 'supastore help environment'.
      """,
    examples: [
      Example("supastore config show", "Which project is meant, and why"),
      Example("supastore config show --env-file production.env", "The same with another file of settings"),
    ])
}

extension ConfigShowCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    let entries = configuration.entries
    let width = entries.map(\.setting.name.count).max() ?? 0
    for entry in entries {
      let roots = entry.setting == .roots ? configuration.namedRoots : nil
      if context.console.isJSON {
        try context.console.result([
          "type": "setting", "name": .string(entry.setting.name), "value": JSONDocument(entry.shownValue),
          "secret": .bool(entry.setting.isSecret), "origin": JSONDocument(entry.origin?.description),
          "roots": roots.map { .array($0.map(\.json)) } ?? .null,
        ])
      } else {
        let name = entry.setting.name + String(repeating: " ", count: width - entry.setting.name.count)
        let origin = entry.origin.map { " (\($0))" } ?? ""
        try context.console.result("\(name)  \(entry.shownValue ?? "not set")\(origin)")
        for root in roots ?? [] { try context.console.result("  \(root.state.word)  \(root.shownPath)") }
      }
    }
    return .done
  }
}

extension Configuration.Root {
  fileprivate var json: JSONDocument { ["path": .string(shownPath), "status": .string(state.word)] }
}

extension Configuration.Root.State {
  /// As docs/json.md has it.
  fileprivate var word: String {
    switch self {
    case .ok: "ok"
    case .missing: "missing"
    case .relative: "relative"
    case .unmapped: "unmapped"
    }
  }
}
