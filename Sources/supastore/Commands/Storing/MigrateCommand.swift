internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell
internal import Synchronization

/// `supastore migrate [DIR...]`
enum MigrateCommand {
  static let directories = Operand<[LocalPath]>(
    "dir", .zeroOrMore, kind: .directory, help: "The directories to store. Without any: those in TEST_FILES_DIR.")
  static let dryRun = Flag(
    "dry-run", short: "n", help: "Say what would be done, what would be refused and how many requests it takes.")
  static let jobs = Option<Int?>(
    "jobs", short: "j", limit: .within(1...64),
    help: "Upload at most N files at once. Without it: as many as make it faster. Overrides SUPASTORE_JOBS.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", kind: .conversation,
    help: "Link the files to the conversation with this continuation id. Without it: the directory's name.")
  static let type = Option<FileType>(
    "type", default: .userUpload, help: "What the files are; it decides the bucket and the storage path.")
  static let include = Option<[String]>(
    "include", value: "PATTERN", help: "Only files that match, as in .gitignore.")
  static let exclude = Option<[String]>(
    "exclude", value: "PATTERN", help: "Leave out what matches, as in .gitignore.")
  static let excludeFrom = Option<[LocalPath]>(
    "exclude-from", help: "Leave out what the patterns in FILE match, such as a .gitignore.")
  static let verify = Option<Verification>(
    "verify", default: .etag,
    help: "How stored bytes are proved: by size and ETag where these can be computed, or by reading everything back.")
  static let trustListing = Flag(
    "trust-listing",
    help: """
      Take what is listed with the right size and ETag for stored. Without it a file of whose bytes this machine has seen \
      none is asked for its first byte, once: a service can list an object whose bytes it lost.
      """)

  static let allowSensitive = Flag(
    "allow-sensitive", help: "Store also files whose names are those of secrets, such as .env and id_rsa.")

  static let declaration = Declaration(
    "migrate", abstract: "Store directories in Supabase, with a row and a proof for each file",
    discussion: """
      Every file is hashed, uploaded, proved to lie in the bucket byte for byte, and given its row and its link to the \
      conversation. The directories are only read. Symbolic links and special files are skipped; files whose names are \
      those of secrets are refused.

      Run the same command again after an interruption, or at any time: it continues, and sends nothing that is there \
      already. One bad file does not end the run; the exit status is then 3, or the reason's own if all fail for one.

      With --json each file is one line {"type":"file",...}, and the last line is {"type":"summary",...}.
      """,
    examples: [
      Example("supastore migrate --dry-run ./documents", "See what would happen"),
      Example("supastore migrate ./documents", "Do it"),
      Example(
        "supastore migrate --exclude '*.tmp' --exclude 'drafts/' --conversation 7d3f ./documents",
        "Leave some files out and name the conversation"),
      Example("supastore migrate --json | jq -c 'select(.status == \"failed\")'", "List what failed"),
    ],
    directories, dryRun, jobs, conversation, type, include, exclude, excludeFrom, allowSensitive, verify, trustListing,
    FallbackOption.flag)
}

extension MigrateCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let configuration = try context.configuration(arguments)
    let named = try arguments[directories].map { try configuration.driveMap.resolve($0) }
    let paths = named.isEmpty ? try configuration.roots() : named
    let roots = try MigrationRoot.open(paths, continuationID: arguments[conversation]?.text)
    let options = MigrationOptions(
      type: arguments[type],
      patterns: try PathPatterns(
        include: arguments[include], exclude: arguments[exclude], excludeFrom: arguments[excludeFrom]),
      jobs: arguments[jobs] ?? configuration.jobs ?? 16, verification: arguments[verify],
      trustsListing: arguments[trustListing],
      allowsSensitive: arguments[allowSensitive])
    return try await context.withProject(
      configuration, writing: !arguments[dryRun], fallingBack: arguments[FallbackOption.flag]
    ) { project in
      try await Interruption.caught(on: context.console) { interruption in
        if arguments[dryRun] {
          let plan = try await project.migrationPlan(roots, options, stop: interruption.stop)
          return try show(plan, of: project, on: context.console, interruption.status)
        }
        return try await run(roots, options, to: project, on: context.console, interruption)
      }
    }
  }

  private static func run(
    _ roots: [MigrationRoot], _ options: MigrationOptions, to project: OpenProject, on console: Console,
    _ interruption: Interruption
  ) async throws -> ExitStatus {
    let broken = Mutex<OutputError?>(nil)
    let meter = ProgressMeter()
    let summary = try await console.showingProgress(of: meter) {
      try await project.migrate(roots, options, stop: interruption.stop, meter: meter) { outcome in
        do throws(OutputError) {
          try show(outcome, on: console)
        } catch {
          broken.withLock { $0 = error }
          interruption.stop.raise()
        }
      }
    }
    console.remember(PastRun("migrate", summary), of: project)
    if let error = broken.withLock({ $0 }) { throw error }
    if let error = summary.endedBy, error.code != .interrupted { console.error(ErrorReport(error)) }
    console.noteQueued(in: summary)
    if console.isJSON {
      try console.result(summary.json(of: project))
    } else {
      try console.result(summary.line)
    }
    return .of(summary, interruption.status)
  }

  private static func show(_ outcome: FileOutcome, on console: Console) throws(OutputError) {
    if console.isJSON {
      try console.result(outcome.json)
    } else if let line = outcome.line, outcome.status != .skipped || console.isVerbose {
      console.warning(line, hint: outcome.error?.hint)
    }
  }

  private static func show(
    _ plan: MigrationPlan, of project: OpenProject, on console: Console, _ signal: ExitStatus?
  ) throws(OutputError) -> ExitStatus {
    if console.isJSON {
      for outcome in plan.refusals { try console.result(outcome.json) }
      try console.result(plan.json + project.origin)
    } else {
      for line in plan.refusals.compactMap(\.line) { try console.result(line) }
      for line in plan.lines { try console.result(line) }
    }
    return signal ?? .done
  }
}
