internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore status`
enum StatusCommand {
  static let usage = Flag(
    "usage", negatable: true, default: true,
    help: "Count what the files take, by bucket and type. Without it no request is sent.")

  static let declaration = Declaration(
    "status", abstract: "Show where files go, what waits, what is used, and how the last runs ended",
    discussion: """
      Shows the mode, what waits in the local store and what of it was refused for good, what the local store and the \
      cache hold, what the files take, and the last runs on this machine. Runs that were killed are not among them. \
      Nothing is changed.

      Warns when four fifths of SUPASTORE_QUOTA are used, when something waits for longer than a day, and when \
      something was refused. The exit status is 0 all the same; it is 6 when Supabase cannot be asked, and 12 when the \
      local store is damaged, and the rest is shown then.
      """,
    examples: [
      Example("supastore status", "How things stand"),
      Example("supastore status --no-usage", "The same at once, without asking Supabase"),
      Example("supastore status --json | jq .waiting.items", "How many changes wait to be sent"),
    ],
    usage)
}

extension StatusCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    let report = try await StatusReport(
      of: configuration, cache: context.cache(configuration), askingUsage: arguments[usage])
    let warnings = report.warnings()
    for warning in warnings { context.console.warning(warning.message, hint: warning.hint) }
    if context.console.isJSON {
      try context.console.result(report.json(configuration, warnings))
    } else {
      try context.console.result(facts: report.facts(configuration))
    }
    return .ofRun(warnings.map(\.status))
  }
}

extension StatusReport.Warning {
  /// Of the command that found it.
  fileprivate var status: ExitStatus {
    switch self {
    // The journal begins anew by itself where it must.
    case .quota, .waiting, .parked, .runs: .done
    case .local(let error), .usage(let error): ExitStatus(error)
    }
  }
}
