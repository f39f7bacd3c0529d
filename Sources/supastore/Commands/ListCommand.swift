internal import CommandTable
internal import StorageCore

/// `supastore list`
enum ListCommand {
  static let conversation = Option<NonEmptyText?>(
    "conversation", value: "ID", kind: .conversation,
    help: "Only files linked to the conversation with this continuation id.")
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

extension ListCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    try await context.withProject(context.configuration(arguments)) { project in
      var query = FileQuery(type: arguments[type], order: .newest)
      if let id = arguments[conversation]?.text {
        query.conversation = try await project.rows.conversation(continuationID: id)
      }
      _ = try await project.list(query, limit: arguments[all] ? nil : arguments[limit]) { row in
        if context.console.isJSON { try context.console.result(row.json) } else { try context.console.result(row.line) }
      }
    }
    return .done
  }
}

extension FileRow {
  fileprivate var json: JSONDocument {
    [
      "type": "file", "id": .string(id.description), "bucket": .string(bucket), "storage_path": .string(storagePath),
      "original_name": .string(originalName), "mime_type": JSONDocument(mediaType),
      "size_bytes": JSONDocument(byteCount),
      "file_type": .string(type.rawValue), "sha256": JSONDocument(metadata.sha256),
      "continuation_id": JSONDocument(metadata.continuationID), "relative_path": JSONDocument(metadata.relativePath),
      "original_name_base64": JSONDocument(metadata.originalNameBase64),
      "relative_path_base64": JSONDocument(metadata.relativePathBase64),
      "created_at": JSONDocument(createdAt),
    ]
  }

  /// Id, size, time and name; the first three of one width each, so that lines align while they stream.
  fileprivate var line: String {
    let size = byteCount.map { "\(ByteSize($0))" } ?? "?"
    let time = String((createdAt ?? "").prefix(19))
    return "\(id)  \(String(repeating: " ", count: max(0, 10 - size.count)))\(size)  "
      + "\(time)\(String(repeating: " ", count: 19 - time.count))  \(metadata.relativePath ?? originalName)"
  }
}
