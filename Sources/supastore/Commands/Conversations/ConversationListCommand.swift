internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore conversation list`
enum ConversationListCommand {
  static let search = Option<NonEmptyText?>(
    "search", value: "TEXT",
    help: "Only conversations whose title or continuation id contains TEXT, in upper or lower case. No wildcards.")
  static let limit = Option<Int>(
    "limit", limit: .within(1...1_000_000), default: 100, help: "Show at most N conversations.")
  static let all = Flag("all", help: "Show every conversation, however many there are.")
  static let cursor = Option<PageCursor?>("cursor", help: "Go on where an earlier list with the same options ended.")

  static let declaration = Declaration(
    "conversation list", abstract: "List conversations, newest first",
    examples: [
      Example("supastore conversation list --search review", "Find a conversation"),
      Example(
        "supastore conversation list --all --json | jq -r 'select(.type == \"conversation\").continuation_id'",
        "All of them, for a script"),
    ],
    search, limit, all, cursor)
}

extension ConversationListCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    let table = Conversation.table(width: console.tableWidth)
    return try await context.withProject(context.configuration(arguments)) { project in
      var isEmpty = true
      let listing = try await project.listConversations(
        ConversationQuery(search: arguments[search]?.text), after: arguments[cursor],
        limit: arguments[all] ? nil : arguments[limit]
      ) { conversation in
        if console.isJSON {
          try console.result(conversation.line)
        } else {
          if isEmpty { try console.result(table.header) }
          try console.result(table.line(conversation.tableCells))
        }
        isEmpty = false
      }
      if console.isJSON {
        try console.result(.page(listing) + project.origin)
      } else if isEmpty {
        console.note("no conversation matches")
      } else if let next = listing.next {
        console.note("more conversations follow: show all with --all, or go on with --cursor \(next)")
      }
      return .done
    }
  }
}
