/// A conversation's row.
public struct Conversation: Sendable, Equatable {
  /// The row's uuid. It belongs to one database; everywhere else a conversation is its continuation id.
  public var id: String
  public var continuationID: String
  public var title: String?

  public init(id: String, continuationID: String, title: String? = nil) {
    self.id = id
    self.continuationID = continuationID
    self.title = title
  }
}
