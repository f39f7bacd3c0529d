public import StorageFormats

/// A conversation's row.
public struct Conversation: Sendable, Equatable {
  /// The row's uuid. It belongs to one database; everywhere else a conversation is its continuation id.
  public var id: String
  /// The name under which tools know it; unique in a project.
  public var continuationID: String
  /// Nil when it has none.
  public var title: String?
  /// Members of the column, as somebody set them.
  public var metadata: [String: JSONValue]
  /// As the database wrote it: ISO 8601 with an offset.
  public var createdAt: String?
  /// When its title or metadata were last changed; messages and links do not count.
  public var updatedAt: String?

  package init(
    id: String, continuationID: String, title: String? = nil, metadata: [String: JSONValue] = [:],
    createdAt: String? = nil, updatedAt: String? = nil
  ) {
    self.id = id
    self.continuationID = continuationID
    self.title = title
    self.metadata = metadata
    self.createdAt = createdAt
    self.updatedAt = updatedAt
  }
}

extension Conversation {
  /// The title of one that nobody gave a title.
  package static func standardTitle(of continuationID: String) -> String { "Conversation \(continuationID.prefix(8))" }
}
