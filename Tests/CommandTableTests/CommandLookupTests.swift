import CommandTable
import Testing

@Suite struct CommandLookupTests {
  @Test func `an alias calls its command`() throws {
    #expect(try Sample.run("mv").command == "migrate")
  }

  @Test func `a command of a group has two words with options between them`() throws {
    let (command, arguments) = try Sample.run("config", "--json", "show", "url")
    #expect(command == "config show")
    #expect(arguments[Sample.json])
    #expect(arguments[Sample.key] == "url")
    #expect(try Sample.run("config", "show").arguments[Sample.key] == nil)
  }

  @Test func `single operands come before the repeated one`() throws {
    let arguments = try Sample.run("copy", "a", "b", "c").arguments
    #expect(arguments[Sample.from] == BytePath("a"))
    #expect(arguments[Sample.files] == [BytePath("b"), BytePath("c")])
  }

  @Test func `an empty line and one with only options have no command`() throws {
    for line in [[], ["--json"], ["--"]] {
      guard case .nothing = try Sample.program.parse(line.map { RawArgument($0) }) else {
        Issue.record("\(line) has a command")
        continue
      }
    }
  }

  @Test(arguments: [["--version"], ["migrate", "--version"], ["config", "--version"]])
  func `the version is asked for anywhere`(_ line: [String]) throws {
    guard case .version = try Sample.program.parse(line.map { RawArgument($0) }) else {
      Issue.record("not the version")
      return
    }
  }

  @Test(arguments: [
    (["--help"], "program"), (["-h"], "program"), (["config", "--help"], "config"), (["migrate", "-h"], "migrate"),
    (["copy", "--help"], "copy"), (["--help", "config", "show"], "config show"),
    (["migrate", "--bogus", "--help"], "migrate"), (["migrate", "--jobs", "--help"], "migrate"),
    (["migrate", "-nh"], "migrate"),
  ])
  func `help is given even on a line that is wrong`(_ line: [String], _ subject: String) throws {
    guard case .help(let found) = try Sample.program.parse(line.map { RawArgument($0) }) else {
      Issue.record("no help")
      return
    }
    switch found {
    case .program: #expect(subject == "program")
    case .group(let group): #expect(subject == group.name)
    case .command(let command): #expect(subject == command.name)
    case .topic: Issue.record("a topic")
    }
  }

  @Test func `after two dashes help is an operand`() {
    #expect(throws: UsageError.self) {
      try Sample.program.parse(["migrate", "--bogus", "--", "--help"].map { .init($0) })
    }
  }

  @Test func `help finds commands, groups and topics by name`() throws {
    guard case .command(let command) = try Sample.program.subject(named: ["config", "show"]),
      case .command(let aliased) = try Sample.program.subject(named: ["mv"]),
      case .group = try Sample.program.subject(named: ["config"]),
      case .topic = try Sample.program.subject(named: ["exit-codes"]),
      case .program = try Sample.program.subject(named: [])
    else {
      Issue.record("a subject is not found")
      return
    }
    #expect(command.name == "config show")
    #expect(aliased.name == "migrate")
    #expect(throws: UsageError("no help on 'exit-code'", hint: "did you mean 'sample help exit-codes'?")) {
      try Sample.program.subject(named: ["exit-code"])
    }
    #expect(throws: UsageError("no help on 'zzz'", hint: "'sample help' lists the commands and topics")) {
      try Sample.program.subject(named: ["zzz"])
    }
  }

  @Test func `the sample program has no flaw`() {
    #expect(Sample.program.flaws == [])
  }

  @Test func `a table that contradicts itself is found out`() {
    let program = Program(
      "bad", abstract: "is bad", footer: "", globalOptions: [Flag("json", short: "j", help: "")],
      commands: [
        Declaration("a", aliases: ["b"], abstract: "A.", Option<Int>("jobs", short: "j", default: 1, help: "")),
        Declaration("b", abstract: "B", examples: [Example("bad b", "B")], Flag("five", short: "+", help: "")),
        Declaration(
          "c d", abstract: "C", examples: [Example("bad c d", "C")], Operand<[String]>("x", .oneOrMore, help: ""),
          Operand<String>("y", help: "")),
        Declaration(
          "e", abstract: "E", examples: [Example("bad e", "E")], Flag("json", help: ""), Flag("no-x", help: "")),
      ])
    #expect(
      Set(program.flaws) == [
        "two commands are called 'b'", "'a' has -j twice", "'a' has no example",
        "the abstract of 'a' ends with a full stop", "'c d' belongs to no group",
        "only the last operand of 'c d' may be optional or repeated", "'e' has --json twice",
        "-+ is neither a letter nor a digit", "--no-x cannot be told from other spellings",
      ])
  }
}
