internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// `supastore list`
enum ListCommand {
  static let search = Option<NonEmptyText?>(
    "search", value: "TEXT", help: "Only files whose name contains TEXT, in upper or lower case. No wildcards.")
  static let name = Option<NonEmptyText?>("name", help: "Only files of exactly this name.")
  static let type = Option<FileType?>("type", help: "Only files of this type.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", kind: .conversation,
    help: "Only files linked to this conversation: a continuation id, or the uuid of a conversation.")
  static let prefix = Option<NonEmptyText?>("prefix", value: "PATH", help: "Only storage paths that begin with PATH.")
  static let mediaTypes = Option<MediaRange?>("mime", value: "TYPE", help: "Only this media type, or image/*.")
  static let since = Option<PastMoment?>(
    "since", value: "WHEN", help: "Only files stored at WHEN or later: 7d, 2026-01-31.")
  static let until = Option<PastMoment?>("until", value: "WHEN", help: "Only files stored before WHEN.")
  static let least = Option<ByteSize?>("min-size", help: "Only files of at least SIZE.")
  static let most = Option<ByteSize?>("max-size", help: "Only files of at most SIZE.")
  static let order = Option<FileQuery.Order>("sort", value: "ORDER", default: .newest, help: "What comes first.")
  static let limit = Option<Int>(
    "limit", limit: .within(1...1_000_000), default: 100, help: "Show at most N files.")
  static let all = Flag("all", help: "Show every file, however many there are.")
  static let cursor = Option<PageCursor?>("cursor", help: "Go on where an earlier list with the same options ended.")
  static let count = Flag("count", help: "Show only how many files match.")
  static let csv = Flag("csv", help: "Print comma-separated values, with a header.")
  static let paths = Flag("print0", short: "0", help: "Print storage paths, a NUL after each, as for xargs -0.")

  static let declaration = Declaration(
    "list", aliases: ["ls"], abstract: "List and search stored files",
    discussion: """
      Everything that is asked for must hold. Rows come as they are read, so a list of any length needs little memory. \
      Files that are stored or removed meanwhile neither repeat nor hide others.

      With --json each file is one line {"type":"file",...}; the last line is {"type":"page",...} with the cursor where \
      the list goes on, or null when nothing follows.
      """,
    examples: [
      Example("supastore list --conversation 7d3f", "The files of a conversation"),
      Example("supastore list --search report --mime 'application/*' --since 30d", "Find a file"),
      Example("supastore list --sort largest --limit 10", "What takes most room"),
      Example(
        "supastore list --all --json | jq -r 'select(.type == \"file\").storage_path'",
        "Every storage path, for a script"),
      Example(
        "supastore list -0 --all --conversation 7d3f | xargs -0 supastore link --conversation 8e4a",
        "Link the files of one conversation to another"),
    ],
    search, name, type, conversation, prefix, mediaTypes, since, until, least, most, order, limit, all, cursor, count,
    csv, paths)
}

extension ListCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let printer = try FilePrinter(arguments, context.console)
    var query = try query(arguments)
    return try await context.withProject(context.configuration(arguments)) { project in
      if let id = arguments[conversation]?.text { query.conversation = try await project.conversation(id) }
      if arguments[count] {
        let total = try await project.rows.count(query)
        if context.console.isJSON {
          try context.console.result(["type": "count", "total": JSONDocument(total)] + project.origin)
        } else {
          try context.console.result(String(total))
        }
        await context.console.noteWaiting(in: project)
        return .done
      }
      var printer = printer
      let listing = try await project.list(
        query, after: arguments[cursor], limit: arguments[all] ? nil : arguments[limit]
      ) { try printer.show($0) }
      try printer.end(listing, of: project)
      await context.console.noteWaiting(in: project)
      return .done
    }
  }

  private static func query(_ arguments: Arguments) throws -> FileQuery {
    FileQuery(
      type: arguments[type], pathPrefix: arguments[prefix]?.text, name: arguments[name]?.text,
      search: arguments[search]?.text, mediaTypes: arguments[mediaTypes], createdSince: try moment(arguments[since]),
      createdUntil: try moment(arguments[until]), minimumByteCount: arguments[least]?.byteCount,
      maximumByteCount: arguments[most]?.byteCount, order: arguments[order])
  }

  private static func moment(_ past: PastMoment?) throws -> Timestamp? {
    guard let past else { return nil }
    guard let moment = past.moment(before: .now) else {
      throw UsageError("\(past.argumentText) ago is before the year 1", hint: "give a shorter duration")
    }
    return moment
  }
}
