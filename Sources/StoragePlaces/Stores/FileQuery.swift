public import StorageModel

/// Which rows of `files`, in which order. Everything that is set must hold.
public struct FileQuery: Sendable, Equatable {
  /// Rows of which the order says nothing come last in it.
  public enum Order: String, Sendable, CaseIterable {
    /// By the time the row was made.
    case newest, oldest
    /// By the original name, as the database sorts text.
    case name
    /// By size, what has none at the end.
    case largest, smallest
    /// By the storage path.
    case path
    /// By the id of the row.
    case byID = "id"
  }

  /// Files linked to it.
  public var conversation: Conversation?
  /// Only files of this type.
  public var type: FileType?
  /// Files whose storage path begins with this.
  public var pathPrefix: String?
  /// The whole original name.
  public var name: String?
  /// What the original name contains, upper or lower case. No character in it is a wildcard.
  public var search: String?
  /// Only files of these media types.
  public var mediaTypes: MediaRange?
  /// Rows made at this time or later.
  public var createdSince: Timestamp?
  /// Rows made before this time.
  public var createdUntil: Timestamp?
  /// Bytes; rows without a size match no limit.
  public var minimumByteCount: Int64?
  /// Only files of at most so many bytes.
  public var maximumByteCount: Int64?
  /// Only files that are linked to no conversation; not together with `conversation`.
  public var isUnlinked = false
  /// In which they come.
  public var order: Order

  /// Files of which all that is given holds; without any all files.
  public init(
    conversation: Conversation? = nil, type: FileType? = nil, pathPrefix: String? = nil, name: String? = nil,
    search: String? = nil, mediaTypes: MediaRange? = nil, createdSince: Timestamp? = nil,
    createdUntil: Timestamp? = nil,
    minimumByteCount: Int64? = nil, maximumByteCount: Int64? = nil, order: Order = .byID
  ) {
    self.conversation = conversation
    self.type = type
    self.pathPrefix = pathPrefix
    self.name = name
    self.search = search
    self.mediaTypes = mediaTypes
    self.createdSince = createdSince
    self.createdUntil = createdUntil
    self.minimumByteCount = minimumByteCount
    self.maximumByteCount = maximumByteCount
    self.order = order
  }
}

/// One media type, `image/png`, or all of a kind, `image/*`.
public enum MediaRange: Hashable, Sendable, LosslessStringConvertible {
  /// One type, such as `image/png`.
  case exactly(String)
  /// What stands before the slash.
  case all(of: String)

  /// In lower case, as rows have it. Nil unless both sides of one slash are there, and a star stands for a whole side or
  /// nowhere.
  public init?(_ description: String) {
    let sides = description.lowercased().split(separator: "/", omittingEmptySubsequences: false)
    guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty, !sides[0].contains("*") else { return nil }
    if sides[1] == "*" {
      self = .all(of: String(sides[0]))
    } else if !sides[1].contains("*") {
      self = .exactly(sides.joined(separator: "/"))
    } else {
      return nil
    }
  }

  public var description: String {
    switch self {
    case .exactly(let type): type
    case .all(let kind): "\(kind)/*"
    }
  }
}

/// Which conversations. Everything that is set must hold.
public struct ConversationQuery: Sendable, Equatable {
  /// What the title or the continuation id contains, upper or lower case. No character in it is a wildcard.
  public var search: String?
  /// Conversations whose continuation id begins with this.
  public var continuationIDPrefix: String?
  /// Conversations that this file is linked to.
  public var file: FileID?

  /// Conversations of which all that is given holds; without any all of them.
  public init(search: String? = nil, continuationIDPrefix: String? = nil, file: FileID? = nil) {
    self.search = search
    self.continuationIDPrefix = continuationIDPrefix
    self.file = file
  }
}
