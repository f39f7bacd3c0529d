package import CommandTable

/// A subcommand: what it accepts, and what it does.
package protocol Command: SendableMetatype {
  static var declaration: Declaration { get }

  /// Prints the result on the console and returns how the program ends, or throws what `ErrorReport` understands.
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus
}

/// What a command has at hand.
package struct CommandContext: Sendable {
  package let program: Program
  package let console: Console

  package init(program: Program, console: Console) {
    self.program = program
    self.console = console
  }
}
