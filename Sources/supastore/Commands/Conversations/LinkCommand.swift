internal import CommandTable
internal import StorageCore
internal import SupastoreRendering
internal import SupastoreShell

/// `supastore link --conversation ID FILE...`
enum LinkCommand {
  static let files = Operand<[FileReference]>("file", .oneOrMore, help: "Ids or storage paths of stored files.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", kind: .conversation,
    help: "The conversation: a continuation id, or the uuid of a conversation. Has to be given.")
  static let create = Flag(
    "create", negatable: true, default: true, help: "Make the conversation if there is none.")

  static let declaration = Declaration(
    "link", abstract: "Link stored files to a conversation",
    discussion: """
      Files that are linked already stay so. One that is not stored stops none of the others: the exit status is then 3, \
      or 4 when none of them is stored. Nothing is copied: a file that is linked to several conversations is one file.

      'supastore list -0' gives files to xargs: its help shows how.
      """,
    examples: [
      Example("supastore link --conversation 7d3f 0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "Share a file"),
      Example(
        "supastore link --conversation 7d3f uploads/8e4a/a.0d1f6f0e5a3c8b6e.py uploads/8e4a/b.1e2f6f0e5a3c8b6e.py",
        "Share two files by their storage paths"),
    ],
    files, conversation, create, FallbackOption.flag)
}

extension LinkCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let id = try arguments.required(conversation)
    return try await context.withProject(
      context.configuration(arguments), writing: true, fallingBack: arguments[FallbackOption.flag]
    ) { project in
      let report = try await project.link(arguments[files], to: id, creating: arguments[create])
      return try context.console.show(report, .link, id, of: project)
    }
  }
}
