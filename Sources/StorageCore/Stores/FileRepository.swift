/// The rows: files, conversations, and what links them.
///
/// Every operation may be repeated: what was done already counts as done.
public protocol FileRepository: Sendable {
  /// The conversation of that continuation id, or nil. A uuid that is nobody's continuation id may be the id of a row.
  func conversation(continuationID: String) async throws(StorageError) -> Conversation?

  /// The conversation of that continuation id, made if there is none. An existing one is left as it is.
  /// Without a title it gets one that is made from its continuation id.
  /// - Returns: the conversation, and whether this call made it.
  func createConversation(
    continuationID: String, title: String?
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool)

  /// The rows with these ids, in any order.
  func files(ids: [FileID]) async throws(StorageError) -> [FileRow]

  /// The rows on these storage paths, in any order.
  func files(storagePaths: [String]) async throws(StorageError) -> [FileRow]

  /// The next rows that match, up to 1000, after `row` in the query's order.
  func files(matching query: FileQuery, after row: FileRow?) async throws(StorageError) -> Page<FileRow>

  /// Inserts rows, at most 500. A row whose path is taken is left out.
  /// - Returns: the ids that were inserted.
  func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID>

  /// Sets a row's metadata if they still are `old`, whole and exactly, so that nobody's change is lost.
  /// - Returns: false when they are others by now, or the row is gone.
  func updateMetadata(of id: FileID, from old: FileMetadata, to new: FileMetadata) async throws(StorageError) -> Bool

  /// The next ids of files linked to the conversation, up to 1000, in order, those after `id`.
  func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID>

  /// Links files, at most 500, to a conversation.
  /// - Returns: the ids that were not linked before. Throws `.notFound` when the conversation or one of the files is gone.
  func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID>
}

/// A stretch of a longer list.
public struct Page<Element: Sendable>: Sendable {
  public var elements: [Element]
  /// Whether nothing follows; as the service counted, not guessed from the page's length.
  public var isLast: Bool

  public init(_ elements: [Element], isLast: Bool) {
    self.elements = elements
    self.isLast = isLast
  }
}

/// Which rows, in which order.
public struct FileQuery: Sendable {
  public enum Order: Sendable {
    case byID
    /// By the time the row was made; rows without one come nowhere.
    case newestFirst
  }

  /// Rows whose storage path begins with this.
  public var pathPrefix: String?
  public var type: FileType?
  public var order: Order

  public init(pathPrefix: String? = nil, type: FileType? = nil, order: Order = .byID) {
    self.pathPrefix = pathPrefix
    self.type = type
    self.order = order
  }
}
