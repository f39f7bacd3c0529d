internal import StorageModel
internal import SupabaseClient

extension FileRow {
  static let columns = Column.allCases.map { SupabaseClient.Column($0.rawValue) }
  static let insertedColumns = Column.allCases.filter { $0 != .createdAt }.map { SupabaseClient.Column($0.rawValue) }
}

extension ConversationRow {
  static let columns: [Column] = ["id", "continuation_id", "title", "metadata", "created_at", "updated_at"]
}

extension MessageRow {
  static let columns: [Column] = ["id", "conversation_id", "role", "content", "metadata", "created_at"]
}

extension TrashRow {
  static let columns: [Column] = [
    "bucket", "key", "state", "rule", "run_id", "trashed_at", "file_id", "file", "links", "continuation_id",
    "size_bytes", "sha256", "claimed_at", "purged_at",
  ]
}
