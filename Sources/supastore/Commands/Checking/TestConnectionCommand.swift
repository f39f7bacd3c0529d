internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore test-connection`
enum TestConnectionCommand {
  static let declaration = Declaration(
    "test-connection", aliases: ["doctor"], abstract: "Check that everything is set up, in six steps",
    discussion: """
      Checks the environment variables, the key, the connection to the database, its tables, the storage buckets, and \
      that a conversation with a message can be created, read back and removed. What the test creates is removed even \
      when a step fails. No key is ever printed.

      Exits with 0 only when all six pass; with 2 when a variable is missing, 5 when the key is refused, 6 when the \
      project cannot be reached, otherwise 1.
      """,
    examples: [
      Example("supastore test-connection", "Check the project that the environment or .env names"),
      Example("supastore doctor --json | jq .", "The same as data"),
    ])
}

extension TestConnectionCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    var report = ConnectionReport()
    var hasLegacyKey = false
    report.add(.environment, configuration.connectionFindings)
    if report.passed(.environment) {
      do {
        let settings = try ProjectSettings(configuration)
        hasLegacyKey = settings.hasLegacyKey
        report = try await context.withOpen(settings, configuration) { [report] project in
          var report = report
          await project.testConnection(&report)
          return report
        }
      } catch let error as StorageError {
        report.add(.initialization, [.failed(error)])
        report.stop(by: .initialization)
      }
    } else {
      report.stop(by: .environment)
    }
    if context.console.isJSON {
      try context.console.result(report.json)
    } else {
      try context.console.result(text: report.text)
    }
    if hasLegacyKey {
      context.console.note(
        "the key is of the legacy kind, which Supabase ends: make an sb_secret_ key in the dashboard, Settings, API Keys"
      )
    }
    return report.status
  }
}

extension ConnectionReport {
  fileprivate var status: ExitStatus {
    if passed { return .done }
    if !passed(.environment) { return .usage }
    switch firstError.map({ ExitStatus($0) }) {
    case .denied: return .denied
    case .unreachable: return .unreachable
    case .usage: return .usage
    default: return .failed
    }
  }
}
