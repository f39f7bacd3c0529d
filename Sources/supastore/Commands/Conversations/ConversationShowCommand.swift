internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore conversation show ID`
enum ConversationShowCommand {
  static let id = Operand<NonEmptyText>("id", kind: .conversation, help: "Its continuation id, or the uuid of its row.")
  static let limit = Option<Int>(
    "limit", limit: .within(1...10_000), default: 20, help: "Show at most N messages, the newest.")
  static let before = Option<PageCursor?>(
    "before", value: "CURSOR", help: "Show messages before those that were shown with this cursor.")

  static let declaration = Declaration(
    "conversation show", abstract: "Show a conversation and its newest messages",
    discussion: "Messages come in the order of time. 'supastore list --conversation ID' shows the files.",
    examples: [
      Example("supastore conversation show 7d3f", "Read the end of a conversation"),
      Example("supastore conversation show 7d3f --json | jq -r '.messages[].content'", "Only what was said"),
    ],
    id, limit, before)
}

extension ConversationShowCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    return try await context.withProject(context.configuration(arguments)) { project in
      let conversation = try await project.conversation(arguments[id].text)
      let fileCount = try await project.rows.count(FileQuery(conversation: conversation))
      let history = try await project.history(
        of: conversation, limit: arguments[limit], before: arguments[before])
      if console.isJSON {
        try console.result(json(conversation, fileCount, history) + project.origin)
      } else {
        try console.result(facts: conversation.facts + [("files", String(fileCount))])
        for message in history.messages { for line in message.lines { try console.result(line) } }
        if let earlier = history.earlier {
          console.note("there are messages before these: show them with --before \(earlier)")
        }
      }
      return .done
    }
  }

  private static func json(_ conversation: Conversation, _ fileCount: Int, _ history: History) -> JSONDocument {
    conversation.line + [
      "files": JSONDocument(fileCount), "messages": .array(history.messages.map(\.json)),
      "next": JSONDocument(history.earlier?.description),
    ]
  }
}
