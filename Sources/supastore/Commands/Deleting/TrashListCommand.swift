internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore trash list`
enum TrashListCommand {
  static let run = TrashSelection.run
  static let conversation = TrashSelection.conversation
  static let all = Flag("all", help: "Also entries whose objects are gone: what is left is their record.")

  static let declaration = Declaration(
    "trash list", abstract: "List what was deleted and can be brought back",
    discussion:
      "The oldest first. Entries of which a purge was begun are shown as purging; they cannot be brought back.",
    examples: [
      Example("supastore trash list", "What is in the trash"),
      Example("supastore trash list --json | jq -r 'select(.rule == \"orphan\").storage_path'", "What a cleanup took"),
    ],
    run, conversation, all)
}

extension TrashListCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    var query = TrashQuery()
    query.run = arguments[run]?.id
    query.continuationID = arguments[conversation]?.text
    if arguments[all] { query.states = Set(TrashEntry.State.allCases) }
    return try await context.withProject(context.configuration(arguments)) { [query] project in
      let table = TrashEntry.table(width: console.tableWidth)
      var (count, byteCount): (Int, Int64) = (0, 0)
      var last: TrashEntry?
      var trail = PageTrail<ObjectAddress>()
      while true {
        let page = try await project.trash.entries(matching: query, after: last, limit: 1000)
        for entry in page.elements {
          if !console.isJSON, count == 0 { try console.result(table.header) }
          count += 1
          byteCount.add(entry.byteCount ?? 0)
          if console.isJSON {
            try console.result(entry.json)
          } else {
            try console.result(table.line(entry.tableCells))
          }
        }
        guard !page.isLast, let end = page.elements.last else { break }
        try trail.step(to: end.object)
        last = end
      }
      if console.isJSON {
        try console.result(
          ["type": "trash", "entries": JSONDocument(count), "size_bytes": JSONDocument(byteCount)] + project.origin)
      } else {
        console.note(
          count == 0 ? "the trash is empty" : "\(counted(count, "entry", "entries")), \(ByteSize(byteCount))")
      }
      return .done
    }
  }
}
