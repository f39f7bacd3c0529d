internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore unlink --conversation ID FILE...`
enum UnlinkCommand {
  static let files = LinkCommand.files
  static let conversation = LinkCommand.conversation

  static let declaration = Declaration(
    "unlink", abstract: "Take stored files out of a conversation",
    discussion: """
      Only the links go: files and conversation stay. Files that are not linked are passed over. One that is not stored \
      stops none of the others: the exit status is then 3, or 4 when none of them is stored.
      """,
    examples: [
      Example("supastore unlink --conversation 7d3f 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "Take one file out")
    ],
    files, conversation, FallbackOption.flag)
}

extension UnlinkCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let id = try arguments.required(conversation)
    return try await context.withProject(
      context.configuration(arguments), writing: true, fallingBack: arguments[FallbackOption.flag]
    ) { project in
      let report = try await project.unlink(arguments[files], from: id)
      return try context.console.show(report, .unlink, id, of: project)
    }
  }
}
