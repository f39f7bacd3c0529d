// Every error names what was wrong in the words that were typed, unless they look like a key, and says what to do.
extension Parser {
  func unknownOption(long name: RawArgument) -> UsageError {
    guard let text = name.text, !name.looksLikeSecret else {
      return UsageError("unknown option", hint: seeHelp)
    }
    let message = "unknown option --" + String(printable: text)
    if let elsewhere = placedTooEarly(text) { return UsageError(message, hint: elsewhere) }
    let suggestion = suggestableNames.nearest(to: text).map { "did you mean --\($0)?" }
    return UsageError(message, hint: suggestion ?? seeHelp)
  }

  func unknownOption(short letter: UInt8, in argument: RawArgument) -> UsageError {
    let message = "unknown option -" + String(printable: CollectionOfOne(letter))
    if let meant = longOption(spelledBy: argument) { return UsageError(message, hint: "did you mean --\(meant)?") }
    return UsageError(message, hint: seeHelp)
  }

  /// `-json` → `json`: a long option with one dash.
  func longOption(spelledBy argument: RawArgument) -> String? {
    guard let text = argument.text else { return nil }
    let name = text.dropFirst().prefix { $0 != "=" }
    return name.count > 1 ? suggestableNames.first { $0 == name } : nil
  }

  func notAccepted(_ value: RawArgument, for item: Specification, meant: String? = nil) -> UsageError {
    var hint = seeHelp
    if let meant {
      hint = "did you mean --\(meant)?"
    } else if case .choice(let choices) = item.kind, let typed = value.text, let near = choices.nearest(to: typed) {
      hint = "did you mean \(near)?"
    }
    return UsageError("\(item.spelling) expects \(item.expected), not \(value.quoted)", hint: hint)
  }

  func unknownCommand(_ argument: RawArgument) -> UsageError {
    let group = words.map { $0 + " " }.joined()
    let commands = program.shownCommands.filter { $0.words.starts(with: words) }
    let candidates = commands.map { $0.words[words.count] } + (words.isEmpty ? commands.flatMap(\.aliases) : [])
    var suggestion: String?
    if let typed = argument.text, !argument.looksLikeSecret {
      suggestion = candidates.nearest(to: typed).map { "did you mean '\(program.name) \(group)\($0)'?" }
    }
    let list = "'\(calledAs) --help' lists the commands"
    return UsageError(
      "unknown command \(group.isEmpty ? "" : "of \(words[0]): ")\(argument.quoted)",
      hint: suggestion ?? list)
  }

  func missingSubcommand() -> UsageError {
    let commands = program.shownCommands.filter { $0.words.first == words.first }.map { "'\(program.name) \($0.name)'" }
    return UsageError(
      "\(words.joined(separator: " ")) needs a command", hint: "write " + commands.joined(separator: " or "))
  }

  func missing(_ operand: Specification, of command: Declaration) -> UsageError {
    UsageError("\(operand.spelling) is missing", hint: "usage: " + program.usage(of: command))
  }

  func unexpected(_ surplus: RawArgument, of command: Declaration) -> UsageError {
    UsageError("unexpected argument \(surplus.quoted)", hint: "usage: " + program.usage(of: command))
  }

  private var suggestableNames: [String] {
    vocabulary.filter { !$0.isHidden }.flatMap { $0.isNegatable ? [$0.name, "no-" + $0.name] : [$0.name] }
  }

  /// For an option of a command that stands before the command's name.
  private func placedTooEarly(_ name: String) -> String? {
    guard command == nil else { return nil }
    let owners = program.shownCommands.filter { $0.options.contains { $0.name == name && !$0.isHidden } }
    guard let owner = owners.first else { return nil }
    return "options of a command come after its name: '\(program.name) \(owner.name) --\(name)'"
  }
}
