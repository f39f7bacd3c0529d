internal import CommandTable
internal import SupastoreShell

/// `supastore help [COMMAND|TOPIC]`
enum HelpCommand: Command {
  static let subject = Operand<[String]>("subject", .zeroOrMore, kind: .subject, help: "A command or a topic.")
  static let markdown = Flag("markdown", hidden: true, help: "Print docs/commands.md.")
  static let manual = Flag("manual", hidden: true, help: "Print all pages for man, each after a line with its name.")
  static let declaration = Declaration(
    "help", abstract: "Show help on a command or a topic",
    examples: [
      Example("supastore help", "List the commands and topics"),
      Example("supastore help exit-codes", "Explain the exit status"),
    ],
    subject, markdown, manual)

  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let (program, console) = (context.program, context.console)
    if arguments[markdown] {
      try console.result(text: program.markdownReference)
    } else if arguments[manual] {
      for page in program.manual(version: Version.number) {
        try console.result(text: ".\\\" \(page.name)\n\(page.source)")
      }
    } else {
      let subject = try program.subject(named: arguments[subject])
      try console.result(text: program.help(on: subject, width: console.textWidth, styled: console.isStyled))
    }
    return .done
  }
}
