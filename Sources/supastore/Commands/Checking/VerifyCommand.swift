public import CommandTable
public import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore verify [DIR...]`
enum VerifyCommand {
  static let directories = Operand<[LocalPath]>(
    "dir", .zeroOrMore, kind: .directory,
    help: "Compare the files of these directories, too, as 'supastore migrate' would store them.")
  static let sources = Flag("sources", help: "The same for the directories in TEST_FILES_DIR.")
  static let touch = Flag(
    "touch", help: "Ask every object for its first byte: a service can list an object whose bytes it lost.")
  static let read = Flag("read", help: "Read every object through, and compare it with the digest in its row.")
  static let sample = Option<ReadSample?>(
    "sample", value: "1/N",
    help: "With --read: one of N parts of the files, each day another one. Run daily, N days read each file once.")
  static let repair = Flag(
    "repair",
    help: """
      Add missing rows, objects and bytes, as far as they can be proved. No bytes are replaced, and nothing is deleted.
      """)
  static let all = Flag("all", help: "Tell also of what is the same, and of objects without a row that are explained.")
  static let grace = Option<Duration>(
    "grace", limit: .atLeast(.zero), default: .seconds(24 * 60 * 60),
    help: "An object without a row is no difference while it is younger: it may be being stored.")
  static let jobs = Option<Int?>(
    "jobs", short: "j", limit: .within(1...64),
    help: "Look at or read at most N objects at once. Without it: 8. Overrides SUPASTORE_JOBS.")

  static let declaration = Declaration(
    "verify", abstract: "Compare objects, rows and, where named, their sources",
    discussion: """
      Lists all objects of the two buckets and all rows to the very end, joins them on disk, and tells of each that does \
      not go with the others: one line with a sign, the place, and a word. What does not fit is asked about once more \
      before it is told, so that files which come and go meanwhile are none. That takes one request for each thousand \
      objects and each thousand rows, and one or two for each difference. The directories in TEST_FILES_DIR are compared \
      with --sources only: hashing them can take hours, and the machine that looks after a project need not have them.

      + something is missing: object_missing (a row without its object), bytes_missing (the object is \
      listed, and the service has lost its bytes; found with --touch and --read), not_stored (a source with neither). - row_missing: an object of ours without its row. \
      * they differ: size_differs, digest_differs (found with --read, or against a source), source_differs (the source \
      was changed since it was stored), row_differs (another file's row is on the path). ! unreadable: it could not be \
      looked at.

      With --all also: = same. And . what is no difference: trashed (in the trash), pending (younger than --grace), \
      foreign_object (without row and mark: another program's).

      What is the same as far as it is listed need not have its bytes: the last line says of how many files none were \
      asked for.

      --repair adds the missing row of an object, with its link where the conversation is known, and the missing object \
      of a row, or its bytes, from a source or the local store's content with the same digest. The exit status is 8 when differences \
      are left, and 0 when there are none, or all were repaired and seen again.
      """,
    examples: [
      Example("supastore verify", "Compare all objects with all rows"),
      Example("supastore verify ./documents", "After a migration: is every file there?"),
      Example("supastore verify --touch", "Does the service have the bytes of what it lists?"),
      Example("supastore verify --read --sample 1/30 --quiet", "Daily by cron: every content once in a month"),
      Example("supastore verify --touch --repair ./documents", "Add what is missing"),
    ],
    directories, sources, touch, read, sample, repair, all, grace, MigrateCommand.conversation, MigrateCommand.type,
    MigrateCommand.include, MigrateCommand.exclude, MigrateCommand.excludeFrom, jobs)
}

extension VerifyCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    if arguments[sample] != nil, !arguments[read] {
      throw UsageError("--sample says what --read is to read", hint: "give --read, too")
    }
    let configuration = try context.configuration(arguments)
    var paths = try arguments[directories].map { try configuration.driveMap.resolve($0) }
    if arguments[sources] { paths += try configuration.roots() }
    let roots = try MigrationRoot.open(paths, continuationID: arguments[MigrateCommand.conversation]?.text)
    let options = CheckOptions(
      type: arguments[MigrateCommand.type],
      patterns: try PathPatterns(
        include: arguments[MigrateCommand.include], exclude: arguments[MigrateCommand.exclude],
        excludeFrom: arguments[MigrateCommand.excludeFrom]),
      jobs: arguments[jobs] ?? configuration.jobs ?? 8,
      touches: arguments[touch], reading: arguments[read] ? arguments[sample] ?? .all : nil, repairs: arguments[repair],
      grace: arguments[grace])
    return try await context.withProject(configuration, writing: arguments[repair], fallingBack: false) { project in
      try await Interruption.caught(on: context.console) { interruption in
        let meter = ProgressMeter()
        let report = CheckReport(console: context.console, tellsAll: arguments[all], stop: interruption.stop)
        let summary = try await context.console.showingProgress(of: meter) {
          try await project.verify(roots, options, stop: interruption.stop, meter: meter) { report.show($0) }
        }
        context.console.remember(PastRun("verify", summary), of: project)
        try report.show(summary, reading: options.reading, of: project)
        return .of(summary, interruption.status)
      }
    }
  }
}

extension ReadSample: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(text)
  }

  public static var kind: ValueKind { .text }
  public static var expected: String { "a part such as 1/30, of at most 1000" }
  public var argumentText: String { description }
}
