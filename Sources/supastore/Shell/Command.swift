internal import CommandTable

/// A subcommand: what it accepts, and what it does.
protocol Command: SendableMetatype {
  static var declaration: Declaration { get }

  /// Prints the result on the console and returns how the program ends, or throws what `ErrorReport` understands.
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus
}

/// What a command has at hand.
struct CommandContext: Sendable {
  let program: Program
  let console: Console
}
