internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore conversation create ID`
enum ConversationCreateCommand {
  static let id = Operand<NonEmptyText>("id", help: "Its continuation id: any text.")
  static let title = Option<NonEmptyText?>("title", help: "Its title. Without one it is made from the id.")
  static let metadata = Option<[MetadataPair]>(
    "metadata", value: "KEY=VALUE", help: "What else to keep with it, as text.")

  static let declaration = Declaration(
    "conversation create", abstract: "Make a conversation, or find it",
    discussion: """
      A conversation that is there already is left as it is, whatever title and metadata are given. The commands that \
      store or link files make the conversation themselves.
      """,
    examples: [
      Example("supastore conversation create 7d3f --title Review", "Make a conversation"),
      Example("supastore conversation create 7d3f --json | jq -r .id", "The uuid of its row"),
    ],
    id, title, metadata, FallbackOption.flag)
}

extension ConversationCreateCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let pairs = Dictionary(arguments[metadata].map { ($0.key, JSONValue.string($0.value)) }) { $1 }
    return try await context.withProject(
      context.configuration(arguments), writing: true, fallingBack: arguments[FallbackOption.flag]
    ) { project in
      let (conversation, isNew, outage) = try await project.saveConversation(
        arguments[id].text, title: arguments[title]?.text, metadata: pairs)
      let status = isNew ? "created" : "existing"
      if let outage { context.console.noteKept("the conversation is kept", because: outage) }
      if context.console.isJSON {
        try context.console.result(
          ["type": "conversation", "status": .string(status)] + conversation.json(isKept: outage != nil)
            + project.origin(after: outage))
      } else {
        // A uuid of the local store means nothing at Supabase.
        let uuid = outage == nil ? "\(conversation.id) " : ""
        try context.console.result("\(status) \(uuid)\(conversation.continuationID)")
      }
      return outage == nil ? .done : .keptLocally
    }
  }
}
