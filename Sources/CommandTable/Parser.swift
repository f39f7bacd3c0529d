/// Reads one command line from left to right, by the conventions of GNU, but that an abbreviated option is an error
/// and that a separate value does not begin with a dash unless it is `-` or a number: `--output --force` is a mistake.
struct Parser {
  let program: Program
  private let everything: [RawArgument]
  private var unread: ArraySlice<RawArgument>
  private(set) var words: [String] = []
  private(set) var command: Declaration?
  private var operands: [RawArgument] = []
  private var optionsHaveEnded = false
  private var found = Arguments()

  init(program: Program, arguments: [RawArgument]) {
    self.program = program
    everything = arguments
    unread = arguments[...]
    found.declare(program.globalOptions)
  }

  mutating func parse() throws(UsageError) -> Program.Request {
    do {
      try readEverything()
    } catch {
      // `--help` at the end of a line that is wrong is a question about what would be right.
      if let command, asksForHelp { return .help(.command(command)) }
      throw error
    }
    if found.isSet(Program.help) { return .help(subject) }
    if found.isSet(Program.version) { return .version }
    guard let command else {
      if words.isEmpty { return .nothing }
      throw missingSubcommand()
    }
    try assignOperands(of: command)
    return .run(command, found)
  }

  private mutating func readEverything() throws(UsageError) {
    while let argument = unread.popFirst() {
      if optionsHaveEnded || !isOption(argument) {
        try takeOperand(argument)
      } else if argument.bytes == Array("--".utf8) {
        optionsHaveEnded = true
      } else if argument.bytes.starts(with: "--".utf8) {
        try takeLongOption(argument)
      } else {
        try takeShortOptions(argument)
      }
    }
  }

  /// The options known at this point of the line.
  var vocabulary: [Specification] { (command?.options ?? []) + program.globalOptions }

  /// A dash and a digit is a number, unless the command has an option of that digit.
  private func isOption(_ argument: RawArgument) -> Bool {
    argument.looksLikeOption
      || argument.isNegativeNumber && vocabulary.contains { $0.short?.asciiValue == argument.bytes[1] }
  }

  /// `supastore migrate`
  var calledAs: String { ([program.name] + (command?.words ?? words)).joined(separator: " ") }

  var seeHelp: String { "see '\(calledAs) --help'" }

  private var asksForHelp: Bool {
    everything.prefix { $0.text != "--" }.contains { $0.text == "--help" || $0.text == "-h" }
  }

  private var subject: Program.Subject {
    if let command { return .command(command) }
    if let group = program.groups.first(where: { [$0.name] == words }) { return .group(group) }
    return .program
  }
}

// MARK: - Options

extension Parser {
  private mutating func takeLongOption(_ argument: RawArgument) throws(UsageError) {
    let body = argument.bytes.dropFirst(2)
    let nameBytes = body.prefix { $0 != UInt8(ascii: "=") }
    let value = nameBytes.endIndex == body.endIndex ? nil : RawArgument(bytes: Array(body[(nameBytes.endIndex + 1)...]))
    let name = RawArgument(bytes: Array(nameBytes))
    guard let (option, isNegated) = longOption(named: name.text) else { throw unknownOption(long: name) }

    if option.takesValue {
      if let value { try add(value, to: option) } else { try add(separateValue(of: option), to: option) }
    } else if value == nil {
      found.set(option, to: !isNegated)
    } else {
      throw UsageError(
        "--\(isNegated ? "no-" : "")\(option.name) takes no value",
        hint: option.isNegatable ? "write --\(option.name) or --no-\(option.name)" : "write --\(option.name) alone")
    }
  }

  private func longOption(named name: String?) -> (option: Specification, isNegated: Bool)? {
    guard let name else { return nil }
    if let option = vocabulary.first(where: { $0.name == name }) { return (option, false) }
    guard name.hasPrefix("no-") else { return nil }
    return vocabulary.first { $0.isNegatable && $0.name == name.dropFirst(3) }.map { ($0, true) }
  }

  /// `-qv`, `-j8`, `-qj8`, `-j 8`.
  private mutating func takeShortOptions(_ argument: RawArgument) throws(UsageError) {
    var rest = argument.bytes.dropFirst()
    while let letter = rest.popFirst() {
      guard let option = vocabulary.first(where: { $0.short?.asciiValue == letter }) else {
        throw unknownOption(short: letter, in: argument)
      }
      guard option.takesValue else {
        found.set(option, to: true)
        continue
      }
      if rest.first == UInt8(ascii: "=") {
        throw UsageError(
          "the value of -\(Character(Unicode.Scalar(letter))) does not follow a '='",
          hint: "write --\(option.name)=\(option.placeholder ?? "VALUE") or -\(Character(Unicode.Scalar(letter))) "
            + (option.placeholder ?? "VALUE"))
      }
      let value = try rest.isEmpty ? separateValue(of: option) : RawArgument(bytes: Array(rest))
      try add(value, to: option, meant: longOption(spelledBy: argument))
      return
    }
  }

  private mutating func separateValue(of option: Specification) throws(UsageError) -> RawArgument {
    let placeholder = option.placeholder ?? "VALUE"
    guard let next = unread.first else {
      throw UsageError("--\(option.name) needs a value", hint: "write --\(option.name)=\(placeholder)")
    }
    guard !isOption(next) else {
      throw UsageError(
        "--\(option.name) needs a value, and \(next.quoted) looks like an option",
        hint: "a value that begins with a dash is written --\(option.name)=\(placeholder)")
    }
    unread.removeFirst()
    return next
  }

  private mutating func add(
    _ value: RawArgument, to option: Specification, meant: String? = nil
  ) throws(UsageError) {
    guard option.accepts(value) else { throw notAccepted(value, for: option, meant: meant) }
    found.add(value, to: option)
  }
}

// MARK: - Operands

extension Parser {
  private mutating func takeOperand(_ argument: RawArgument) throws(UsageError) {
    guard command == nil else {
      operands.append(argument)
      return
    }
    guard let word = argument.text else { throw unknownCommand(argument) }
    if let called = program.command(calledBy: words + [word]) {
      command = called
      found.declare(called.items)
    } else if words.isEmpty, program.groups.contains(where: { $0.name == word }) {
      words = [word]
    } else {
      throw unknownCommand(argument)
    }
  }

  private mutating func assignOperands(of command: Declaration) throws(UsageError) {
    var rest = operands[...]
    for operand in command.operands {
      if rest.isEmpty, operand.role == .operand(needsOne: true) { throw missing(operand, of: command) }
      let taken = operand.repetition == .many ? rest : rest.prefix(1)
      rest = rest.dropFirst(taken.count)
      for argument in taken {
        guard operand.accepts(argument) else { throw notAccepted(argument, for: operand) }
        found.add(argument, to: operand)
      }
    }
    if let surplus = rest.first { throw unexpected(surplus, of: command) }
  }
}
