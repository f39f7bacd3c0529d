internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore upload PATH...`
enum UploadCommand {
  static let paths = Operand<[LocalPath]>(
    "path", .oneOrMore, help: "Files to store, directories with -r, - for standard input, or data URLs.")
  static let recursive = Flag("recursive", short: "r", help: "Store directories with all they hold.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", kind: .conversation,
    help: "Link the files to the conversation with this continuation id, which is made if there is none.")
  static let type = Option<FileType>(
    "type", default: .userUpload, help: "What the files are; it decides the bucket and the storage path.")
  static let name = Option<NameArgument?>(
    "name", help: "What the file is called, in place of its own name. Needed for standard input.")
  static let path = Option<NonEmptyText?>(
    "path", value: "KEY",
    help: """
      Store one file under exactly this storage path. What lies there already is never replaced; but no client can \
      guarantee that against somebody who writes there at the same moment.
      """)
  static let mime = Option<NonEmptyText?>(
    "mime", value: "TYPE", help: "The media type. Without it: by the name's extension, else by the content.")
  static let metadata = Option<[MetadataPair]>(
    "metadata", value: "KEY=VALUE", help: "Set a key in the metadata of the rows.")
  static let expires = Option<Expiry?>(
    "expires", value: "30d|DATE",
    help:
      "When the files may be cleaned away. Of files that are stored already the later date holds, and none is the latest."
  )
  static let allowSensitive = MigrateCommand.allowSensitive
  static let include = Option<[String]>(
    "include", value: "PATTERN", help: "With -r: only files that match, as in .gitignore.")
  static let exclude = Option<[String]>(
    "exclude", value: "PATTERN", help: "With -r: leave out what matches, as in .gitignore.")
  static let excludeFrom = Option<[LocalPath]>(
    "exclude-from", help: "With -r: leave out what the patterns in FILE match, such as a .gitignore.")
  static let jobs = Option<Int?>(
    "jobs", short: "j", limit: .within(1...64),
    help: "Upload at most N files at once. Without it: as many as make it faster. Overrides SUPASTORE_JOBS.")
  static let deadline = Option<Duration?>(
    "deadline", limit: .atLeast(.milliseconds(1)),
    help:
      "End after this time, whatever the service does. What is not stored by then fails and can be stored by the same command."
  )
  static let verify = MigrateCommand.verify
  static let trustListing = MigrateCommand.trustListing

  static let declaration = Declaration(
    "upload", aliases: ["put"], abstract: "Store files, each with its row and a proof",
    discussion: """
      Prints a file's id and storage path when its bytes are proved to be in the bucket and its row and link are \
      committed. Storing the same file again sends nothing and prints the same id; new metadata are added to its row.

      Paths of Windows such as C:\\project\\a.py are looked for where SUPASTORE_DRIVE_MAP says.

      With --json each file is one line {"type":"file",...}, and the last line is {"type":"summary",...}.
      """,
    examples: [
      Example(
        "supastore upload report.pdf notes.txt --conversation 7d3f", "Store files and link them to a conversation"),
      Example(
        "supastore upload -r --exclude-from .gitignore --exclude .git/ . --conversation 7d3f",
        "Store a directory, relative paths kept"),
      Example(
        "supastore upload - --name build.log --expires 30d < build.log",
        "Store what comes on standard input, for 30 days"),
      Example("supastore upload --json chart.png --type generated", "Store a generated file; the result as JSON"),
    ],
    paths, recursive, conversation, type, name, path, mime, metadata, expires, allowSensitive, include, exclude,
    excludeFrom, jobs,
    deadline, verify, trustListing, FallbackOption.flag)
}

extension UploadCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let start = ContinuousClock.now
    let configuration = try context.configuration(arguments)
    let sources = try sources(arguments, configuration)
    var options = try options(arguments, configuration)
    options.deadline = arguments[deadline].map { start + $0 }
    let isAlone = sources.count == 1 && !arguments[recursive]
    return try await context.withProject(
      configuration, writing: true, fallingBack: arguments[FallbackOption.flag]
    ) { [options] project in
      try await Interruption.caught(on: context.console) { interruption in
        let report = UploadReport(console: context.console, isAlone: isAlone, stop: interruption.stop)
        let meter = ProgressMeter()
        let summary = await context.console.showingProgress(of: meter) {
          await project.upload(sources, options, stop: interruption.stop, meter: meter) { report.show($0) }
        }
        context.console.remember(PastRun("upload", summary), of: project)
        try report.show(summary, of: project)
        return .of(summary, interruption.status)
      }
    }
  }

  private static func sources(_ arguments: Arguments, _ configuration: Configuration) throws -> [UploadSource] {
    let hasPatterns = ![arguments[include], arguments[exclude]].joined().isEmpty || !arguments[excludeFrom].isEmpty
    if !arguments[recursive], hasPatterns {
      throw UsageError("--include, --exclude and --exclude-from are for directories", hint: "add -r")
    }
    if arguments[path] != nil, arguments[paths].count > 1 || arguments[recursive] {
      throw UsageError("--path is for exactly one file", hint: "store the files one by one, or leave --path out")
    }
    let patterns = try PathPatterns(
      include: arguments[include], exclude: arguments[exclude], excludeFrom: arguments[excludeFrom])
    return try UploadOperands(
      operands: arguments[paths], patterns: arguments[recursive] ? patterns : nil, name: arguments[name]?.name,
      driveMap: configuration.driveMap
    ).sources()
  }

  private static func options(_ arguments: Arguments, _ configuration: Configuration) throws -> UploadOptions {
    var options = UploadOptions()
    options.type = arguments[type]
    options.continuationID = arguments[conversation]?.text
    options.storagePath = try arguments[path].map { try storagePath($0.text) }
    options.mediaType = try arguments[mime].map { try mediaType($0.text) }
    for pair in arguments[metadata] {
      if FileMetadata.ownKeys.contains(pair.key) {
        throw UsageError("the metadata key \(pair.key) is one that supastore sets itself", hint: "choose another key")
      }
      options.metadata[pair.key] = pair.value
    }
    options.expiry = arguments[expires]
    options.allowsSensitive = arguments[allowSensitive]
    options.jobs = arguments[jobs] ?? configuration.jobs ?? options.jobs
    options.verification = arguments[verify]
    options.trustsListing = arguments[trustListing]
    return options
  }

  private static func storagePath(_ text: String) throws(UsageError) -> ObjectPath {
    do throws(ObjectPathError) {
      return try ObjectPath(exactly: text)
    } catch {
      throw UsageError(error.description, hint: "a storage path looks like uploads/7d3f/report.pdf")
    }
  }

  private static func mediaType(_ text: String) throws(UsageError) -> MediaType {
    guard let type = MediaType(validating: text) else {
      throw UsageError("--mime expects a media type, not '\(text)'", hint: "it looks like text/plain or image/png")
    }
    return type
  }
}
