internal import CommandTable
internal import StorageCore

/// `supastore upload PATH`
enum UploadCommand {
  static let file = Operand<LocalPath>("path", help: "The file to store.")
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", help: "Link the file to the conversation with this continuation id.")
  static let type = Option<FileType>(
    "type", default: .userUpload, help: "What the file is; it decides the bucket and the storage path.")
  static let mediaType = Option<NonEmptyText?>(
    "mime", value: "TYPE", help: "The media type, such as text/plain. Without it: told by the name, then the content.")
  static let storagePath = Option<NonEmptyText?>(
    "path", value: "KEY",
    help: "Store under exactly this path. Other content that is there is refused, never overwritten.")

  static let declaration = Declaration(
    "upload", aliases: ["put"], abstract: "Store one file, with its row and a proof",
    discussion: """
      Prints the file's id and storage path when its bytes are proved to be in the bucket and its row is committed. \
      Storing the same file again sends nothing and prints the same id.
      """,
    examples: [
      Example("supastore upload report.pdf --conversation 7d3f", "Store a file and link it to a conversation"),
      Example("supastore upload --json chart.png --type generated", "Store a generated file; the result as JSON"),
    ],
    file, conversation, type, mediaType, storagePath)
}
