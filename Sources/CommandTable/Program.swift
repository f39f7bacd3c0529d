/// The whole command line: every command, what all commands accept, and the topics of the help.
public struct Program: Sendable {
  public let name: String
  /// One line, a sentence without a full stop.
  public let abstract: String
  public let commands: [Declaration]
  /// Those that people are meant to call.
  public var shownCommands: [Declaration] { commands.filter { !$0.isHidden } }
  public let groups: [CommandGroup]
  public let topics: [Topic]
  /// The last lines of every command's help.
  let footer: String
  /// Accepted by every command, before and after its name; `--help` and `--version` are always among them.
  public let globalOptions: [Specification]

  static let help = Flag("help", short: "h", help: "Show this help.")
  static let version = Flag("version", help: "Show the version.")

  public init(
    _ name: String, abstract: String, footer: String, globalOptions: [any Declarable], groups: [CommandGroup] = [],
    commands: [Declaration], topics: [Topic] = []
  ) {
    self.name = name
    self.abstract = abstract
    self.footer = footer
    self.globalOptions = globalOptions.map(\.specification) + [Self.help.specification, Self.version.specification]
    // A group without commands is none.
    self.groups = groups.filter { group in commands.contains { $0.words.count == 2 && $0.words[0] == group.name } }
    self.commands = commands
    self.topics = topics
  }

  /// What the command line asks for.
  public enum Request: Sendable {
    case run(Declaration, Arguments)
    case help(Subject)
    case version
    /// There was no command at all.
    case nothing
  }

  /// What help can be asked about.
  public enum Subject: Sendable {
    case program
    case group(CommandGroup)
    case command(Declaration)
    case topic(Topic)
  }

  public func parse(_ arguments: [RawArgument]) throws(UsageError) -> Request {
    var parser = Parser(program: self, arguments: arguments)
    return try parser.parse()
  }

  /// The subject that `help WORD…` means.
  public func subject(named words: [String]) throws(UsageError) -> Subject {
    if words.isEmpty { return .program }
    if let command = command(calledBy: words) { return .command(command) }
    if words.count == 1 {
      if let group = groups.first(where: { $0.name == words[0] }) { return .group(group) }
      if let topic = topics.first(where: { $0.name == words[0] }) { return .topic(topic) }
    }
    let asked = words.joined(separator: " ")
    let known = shownCommands.map(\.name) + groups.map(\.name) + topics.map(\.name)
    throw UsageError(
      "no help on \(RawArgument(asked).quoted)",
      hint: known.nearest(to: asked).map { "did you mean '\(name) help \($0)'?" }
        ?? "'\(name) help' lists the commands and topics")
  }

  func command(calledBy words: [String]) -> Declaration? {
    commands.first { $0.words == words || (words.count == 1 && $0.aliases.contains(words[0])) }
  }

  func commands(of group: CommandGroup) -> [Declaration] {
    commands.filter { $0.words.count == 2 && $0.words[0] == group.name }
  }
}
