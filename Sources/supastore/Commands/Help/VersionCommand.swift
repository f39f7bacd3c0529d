internal import CommandTable
internal import SupastoreShell

/// `supastore version`
enum VersionCommand: Command {
  static let declaration = Declaration(
    "version", abstract: "Show the version of supastore",
    examples: [Example("supastore version --json", "The version as JSON")])

  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    if context.console.isJSON {
      try context.console.result([
        "type": "version", "version": .string(Version.number),
        "json_version": JSONDocument(JSONDocument.contractVersion),
      ])
    } else {
      try context.console.result(Version.line)
    }
    return .done
  }
}
