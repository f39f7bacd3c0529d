internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// `supastore download REF...`
enum DownloadCommand {
  static let references = Operand<[FileReference]>(
    "ref", .zeroOrMore, help: "The files' ids or their storage paths.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", kind: .conversation,
    help: "Fetch all files of this conversation, with the directories they were stored from.")
  static let name = Option<NonEmptyText?>(
    "name", help: "Of the conversation's files the newest with this name.")
  static let output = Option<LocalPath?>(
    "output", short: "o", value: "FILE|DIR|-",
    help: "Where to: a file, a directory, or - for standard output. Without it: the current directory.")
  static let force = Flag("force", short: "f", help: "Replace files that are there.")
  static let range = Option<ByteRange?>(
    "range", value: "A-B",
    help: "Only these bytes of one file, counted from 0, both included; A- for the rest, -N for the last N.")
  static let tail = Option<ByteSize?>(
    "tail", limit: .within(ByteSize(1)...ByteSize(.max)), help: "Only the last bytes of one file.")
  static let jobs = Option<Int>(
    "jobs", short: "j", limit: .within(1...64), default: 4, help: "Fetch at most N files at once.")
  static let usesCache = Flag(
    "cache", negatable: true, default: true, help: "Take from the cache what it holds, and keep there what was fetched."
  )
  static let offline = Flag(
    "offline", help: "Take from the cache what it holds, and ask for nothing; the local store is always at hand.")

  static let declaration = Declaration(
    "download", aliases: ["get"], abstract: "Fetch stored files and verify them",
    discussion: """
      A target is either as it was before or the whole file, verified against its SHA-256; never a part of it. A transfer \
      that breaks off goes on where it ended. Of several files with one name the later ones fail: fetch them on their own.

      Some bytes of a file cannot be verified, unless the cache holds all of it. What was verified is kept in the cache, \
      and taken from there without a request as long as its id stands for its content.
      """,
    examples: [
      Example("supastore download 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "Fetch a file into the current directory"),
      Example("supastore download uploads/7d3f/notes.0d1f6f0e5a3c8b6e.txt -o - | less", "Read a file"),
      Example("supastore download --conversation 7d3f -o review/", "Restore a conversation's files as a tree"),
      Example("supastore download --conversation 7d3f --name app.log --tail 64KiB -o -", "Read the end of a log"),
    ],
    references, conversation, name, output, force, range, tail, jobs, usesCache, offline)
}

extension DownloadCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let request = try DownloadRequest(arguments, context.console)
    let configuration = try context.configuration(arguments)
    let cache = arguments[usesCache] ? try context.cache(configuration) : nil
    if arguments[offline], configuration.mode != .local {
      return try await request.run(
        Downloader(offline: configuration.projectAddress(), cache: cache), (configuration.mode, .supabase))
    }
    return try await context.withProject(configuration) { project in
      try await request.run(Downloader(project, cache: cache), (project.mode, project.backend))
    }
  }
}
