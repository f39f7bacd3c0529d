internal import CommandTable

/// `supastore help [COMMAND|TOPIC]`
enum HelpCommand: Command {
  static let subject = Operand<[String]>("subject", .zeroOrMore, kind: .subject, help: "A command or a topic.")
  static let markdown = Flag("markdown", hidden: true, help: "Print docs/commands.md.")
  static let declaration = Declaration(
    "help", abstract: "Show help on a command or a topic",
    examples: [
      Example("supastore help", "List the commands and topics"),
      Example("supastore help exit-codes", "Explain the exit status"),
    ],
    subject, markdown)

  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let (program, console) = (context.program, context.console)
    if arguments[markdown] {
      try console.result(text: program.markdownReference)
    } else {
      let subject = try program.subject(named: arguments[subject])
      try console.result(text: program.help(on: subject, width: console.textWidth, styled: console.isStyled))
    }
    return .done
  }
}
