import CommandTable
import StorageFormats

enum Kind: String, CaseIterable, ArgumentValue {
  case userUpload = "user_upload"
  case generated
  case cache
}

/// A path of any bytes.
struct BytePath: Hashable, ArgumentValue {
  let bytes: [UInt8]
  init(bytes: [UInt8]) { self.bytes = bytes }
  init(_ text: String) { bytes = Array(text.utf8) }
  init?(argument: RawArgument) {
    if argument.bytes.isEmpty { return nil }
    bytes = argument.bytes
  }
  static var kind: ValueKind { .file }
  static var expected: String { "a path" }
  var argumentText: String { String(printable: bytes) }
}

/// A command line with one of everything.
enum Sample {
  static let json = Flag("json", help: "Print JSON.")
  static let quiet = Flag("quiet", short: "q", help: "Print less.")
  static let verbose = Flag("verbose", short: "v", help: "Print more.")
  static let environmentFile = Option<BytePath?>("env-file", help: "Read the environment from FILE.")

  static let directories = Operand<[BytePath]>("dir", .zeroOrMore, help: "What to move.")
  static let jobs = Option<Int>("jobs", short: "j", limit: .within(1...64), default: 4, help: "Transfers at once.")
  static let offset = Option<Int?>("offset", help: "Any whole number.")
  static let include = Option<[String]>("include", value: "PATTERN", help: "Only matching files.")
  static let kind = Option<Kind>("type", short: "t", default: .userUpload, help: "The type.")
  static let part = Option<ByteSize>(
    "part-size", limit: .atLeast(ByteSize(1024)), default: ByteSize(6 << 20), help: "Part.")
  static let expires = Option<Duration?>("expires", help: "Remove afterwards.")
  static let output = Option<BytePath?>("output", short: "o", help: "Where to.")
  static let dryRun = Flag("dry-run", short: "n", help: "Only say what would be done.")
  static let progress = Flag("progress", negatable: true, default: true, help: "Show progress.")
  static let secretFlag = Flag("for-documentation", hidden: true, help: "Hidden.")
  static let migrate = Declaration(
    "migrate", aliases: ["mv"], abstract: "Move directories",
    discussion: "The first paragraph.\n\nThe second one.",
    examples: [Example("sample migrate ./docs", "Move one directory")],
    directories, jobs, offset, include, kind, part, expires, output, dryRun, progress, secretFlag)

  static let from = Operand<BytePath>("from", help: "What.")
  static let files = Operand<[BytePath]>("file", .oneOrMore, help: "Which files.")
  static let copy = Declaration("copy", abstract: "Copy", examples: [Example("sample copy a b", "Copy a")], from, files)

  static let key = Operand<String?>("key", help: "Which value.")
  static let show = Declaration("config show", abstract: "Show", examples: [Example("sample config show", "All")], key)
  static let zero = Flag("zero", short: "0", help: "End lines with NUL.")
  static let depth = Option<Int?>("depth", help: "Any whole number.")
  static let path = Declaration(
    "config path", abstract: "Where", examples: [Example("sample config path", "Where")], zero, depth)

  static let program = Program(
    "sample", abstract: "Move things", footer: "Exit codes: see 'sample help exit-codes'.",
    globalOptions: [json, quiet, verbose, environmentFile],
    groups: [CommandGroup("config", abstract: "The configuration")],
    commands: [migrate, copy, show, path],
    topics: [
      Topic("exit-codes", abstract: "What the exit status means") {
        [
          .paragraph("Scripts can rely on them."), .terms([Topic.Term("0", "done"), Topic.Term("2", "usage")]),
          .verbatim("as  it is"),
        ]
      }
    ])

  /// The command line was understood otherwise than the test expects.
  struct Understood: Error {
    let request: Program.Request
  }

  static func run(_ arguments: String...) throws -> (command: String, arguments: Arguments) {
    try run(arguments.map { RawArgument($0) })
  }

  static func run(_ arguments: [RawArgument]) throws -> (command: String, arguments: Arguments) {
    let request = try program.parse(arguments)
    guard case .run(let command, let values) = request else { throw Understood(request: request) }
    return (command.name, values)
  }

  static func migrating(_ arguments: String...) throws -> Arguments {
    try run((["migrate"] + arguments).map { RawArgument($0) }).arguments
  }

  /// The error that a command line is refused with.
  static func refusal(_ arguments: String...) throws -> UsageError {
    let request: Program.Request
    do throws(UsageError) {
      request = try program.parse(arguments.map { RawArgument($0) })
    } catch {
      return error
    }
    throw Understood(request: request)
  }
}
