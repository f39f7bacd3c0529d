internal import CommandTable
internal import StorageCore

/// `supastore config show`
enum ConfigShowCommand {
  static let declaration = Declaration(
    "config show", abstract: "Show every setting, its value and where it comes from",
    discussion: """
      Of a key it is only said whether it is set. The settings themselves are explained by 'supastore help environment'.
      """,
    examples: [
      Example("supastore config show", "Which project is meant, and why"),
      Example("supastore config show --env-file production.env", "The same with another file of settings"),
    ])
}

extension ConfigShowCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let entries = try context.configuration(arguments).entries
    let width = entries.map(\.setting.name.count).max() ?? 0
    for entry in entries {
      if context.console.isJSON {
        try context.console.result([
          "type": "setting", "name": .string(entry.setting.name), "value": JSONDocument(entry.shownValue),
          "secret": .bool(entry.setting.isSecret), "origin": JSONDocument(entry.origin?.description),
        ])
      } else {
        let name = entry.setting.name + String(repeating: " ", count: width - entry.setting.name.count)
        let origin = entry.origin.map { " (\($0))" } ?? ""
        try context.console.result("\(name)  \(entry.shownValue ?? "not set")\(origin)")
      }
    }
    return .done
  }
}
