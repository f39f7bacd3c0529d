internal import CommandTable
internal import StorageCore

/// `supastore list`
enum ListCommand {
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", help: "Only files linked to the conversation with this continuation id.")
  static let type = Option<FileType?>("type", help: "Only files of this type.")
  static let limit = Option<Int>(
    "limit", limit: .within(1...1_000_000), default: 100, help: "Show at most N files.")
  static let all = Flag("all", help: "Show every file, however many there are.")

  static let declaration = Declaration(
    "list", aliases: ["ls"], abstract: "List stored files, newest first",
    examples: [
      Example("supastore list --conversation 7d3f", "The files of a conversation"),
      Example("supastore list --all --json | jq -r .storage_path", "Every storage path, for a script"),
    ],
    conversation, type, limit, all)
}
