internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore conversation delete ID`
enum ConversationDeleteCommand {
  static let id = Operand<NonEmptyText>("id", kind: .conversation, help: "Its continuation id, or the uuid of its row.")
  static let dryRun = DeleteCommand.dryRun
  static let now = DeleteCommand.now

  static let declaration = Declaration(
    "conversation delete", abstract: "Delete a conversation, and the files that only it is linked to",
    discussion: """
      Its messages and links are deleted at once and cannot be brought back. Files that no other conversation is linked \
      to go into the trash, from where 'supastore trash restore --conversation ID' brings them back; shared files stay.

      Asks on a terminal; elsewhere --yes has to be given.
      """,
    examples: [
      Example("supastore conversation delete --dry-run 7d3f", "List exactly what would go"),
      Example("supastore conversation delete --yes 7d3f", "Delete it, from a script"),
    ],
    id, dryRun, now, Confirmation.yes)
}

extension ConversationDeleteCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let console = context.console
    let id = arguments[id].text
    return try await context.withProject(context.configuration(arguments)) { project in
      let deletion = Deletion(project, purgingAtOnce: arguments[now])
      var removal = try await deletion.preview(conversation: id)
      if !arguments[dryRun] {
        if removal.conversation != nil {
          let bytes = ByteSize(removal.files.compactMap(\.byteCount).sum)
          let question =
            "delete conversation \(id) with its messages, and \(counted(removal.files.count, "file")) (\(bytes))"
            + (arguments[now] ? " for good?" : "?")
          guard try Confirmation.isGiven(question, arguments, on: console) else { return .failed }
        }
        removal = try await deletion.delete(conversation: id)
      }
      try console.show(removal, id, wasDeleted: !arguments[dryRun], deletion, of: project)
      return .of(removal.files)
    }
  }
}

extension Console {
  fileprivate func show(
    _ removal: ConversationRemoval, _ id: String, wasDeleted: Bool, _ deletion: Deletion, of project: OpenProject
  ) throws(OutputError) {
    let status = removal.conversation == nil ? "already_absent" : wasDeleted ? "deleted" : "found"
    if isJSON {
      for file in removal.files { try result(file.json(at: project.time ?? .now)) }
      return try result(
        [
          "type": "conversation-removal", "status": .string(status),
          "run_id": JSONDocument(wasDeleted ? deletion.run.runText : nil),
          "conversation_id": JSONDocument(removal.conversation?.id),
          "continuation_id": .string(removal.conversation?.continuationID ?? id),
          "messages": JSONDocument(removal.messageCount), "files": JSONDocument(removal.files.count),
          "shared": .array(removal.shared.map { .string($0.description) }),
        ] + project.origin)
    }
    for file in removal.files {
      if let error = file.error {
        warning("\(file.subject): \(error.message)", hint: error.hint)
      } else {
        try result("\(wasDeleted ? file.status.rawValue : "would delete") \(file.subject)")
      }
    }
    for id in removal.shared {
      try result("\(wasDeleted ? "kept" : "would keep") \(id): other conversations are linked to it")
    }
    switch status {
    case "already_absent": try result("already absent: conversation \(id)")
    case "deleted": try result("deleted conversation \(id) with \(counted(removal.messageCount ?? 0, "message"))")
    default: try result("would delete conversation \(id) with its messages")
    }
  }
}
