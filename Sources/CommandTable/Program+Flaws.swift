extension Program {
  /// What is wrong with the table itself; a program's tests demand that this is empty.
  public var flaws: [String] {
    var flaws: [String] = []
    let names = commands.map(\.name) + commands.flatMap(\.aliases) + groups.map(\.name)
    flaws += repeated(names).map { "two commands are called '\($0)'" }
    for command in commands {
      let own = command.options + globalOptions
      flaws += repeated(own.map(\.name)).map { "'\(command.name)' has --\($0) twice" }
      flaws += repeated(own.compactMap(\.short).map(String.init)).map { "'\(command.name)' has -\($0) twice" }
      if command.words.count > 2 { flaws.append("'\(command.name)' has more than two words") }
      if command.words.count == 2, !groups.contains(where: { $0.name == command.words[0] }) {
        flaws.append("'\(command.name)' belongs to no group")
      }
      if command.operands.dropLast().contains(where: { $0.repetition != .one }) {
        flaws.append("only the last operand of '\(command.name)' may be optional or repeated")
      }
      if command.examples.isEmpty, !command.isHidden { flaws.append("'\(command.name)' has no example") }
      if command.abstract.hasSuffix(".") { flaws.append("the abstract of '\(command.name)' ends with a full stop") }
    }
    for option in commands.flatMap(\.options) + globalOptions {
      if let short = option.short, !(short.isASCII && (short.isLetter || short.isNumber)) {
        flaws.append("-\(short) is neither a letter nor a digit")
      }
      if option.name.count < 2 || option.name.hasPrefix("no-") || option.name.contains(where: { " =".contains($0) }) {
        flaws.append("--\(option.name) cannot be told from other spellings")
      }
    }
    for item in commands.flatMap(\.items) + globalOptions {
      if case .askedFor = item.kind, !commands.contains(where: { $0.name == Self.completer }) {
        flaws.append("there is no command to ask about \(item.spelling)")
      }
    }
    return flaws
  }

  private func repeated(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { !seen.insert($0).inserted }
  }
}
