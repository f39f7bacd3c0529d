public import StorageFormats
public import StorageModel
public import StorageRunning

/// A file repository whose operations are repeated when that may help.
public struct RetryingFileRepository: FileRepository {
  let base: any FileRepository
  let retrier: Retrier

  public init(_ base: any FileRepository, retrier: Retrier) {
    self.base = base
    self.retrier = retrier
  }

  public func conversation(continuationID: String) async throws(StorageError) -> Conversation? {
    try await retrier.run { () async throws(StorageError) in
      try await base.conversation(continuationID: continuationID)
    }
  }

  public func createConversation(
    continuationID: String, title: String?, metadata: [String: JSONValue]
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    try await retrier.run { () async throws(StorageError) in
      try await base.createConversation(continuationID: continuationID, title: title, metadata: metadata)
    }
  }

  public func conversations(
    matching query: ConversationQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Conversation> {
    try await retrier.run { () async throws(StorageError) in
      try await base.conversations(matching: query, after: cursor, limit: limit)
    }
  }

  public func insert(_ message: Message, into conversation: Conversation) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in try await base.insert(message, into: conversation) }
  }

  public func messages(
    of conversation: Conversation, before cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Message> {
    try await retrier.run { () async throws(StorageError) in
      try await base.messages(of: conversation, before: cursor, limit: limit)
    }
  }

  public func files(ids: [FileID]) async throws(StorageError) -> [FileRow] {
    try await retrier.run { () async throws(StorageError) in try await base.files(ids: ids) }
  }

  public func files(storagePaths: [String]) async throws(StorageError) -> [FileRow] {
    try await retrier.run { () async throws(StorageError) in try await base.files(storagePaths: storagePaths) }
  }

  public func files(
    matching query: FileQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<FileRow> {
    try await retrier.run { () async throws(StorageError) in
      try await base.files(matching: query, after: cursor, limit: limit)
    }
  }

  public func count(_ query: FileQuery) async throws(StorageError) -> Int {
    try await retrier.run { () async throws(StorageError) in try await base.count(query) }
  }

  public func usage(after id: FileID?) async throws(StorageError) -> (usage: Usage, last: FileID?) {
    try await retrier.run { () async throws(StorageError) in try await base.usage(after: id) }
  }

  public func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.insert(files) }
  }

  public func updateMetadata(
    of id: FileID, from old: FileMetadata, to new: FileMetadata
  ) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in
      try await base.updateMetadata(of: id, from: old, to: new)
    }
  }

  public func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID> {
    try await retrier.run { () async throws(StorageError) in
      try await base.linkedFiles(of: conversation, after: id)
    }
  }

  public func linkCounts(of files: [FileID]) async throws(StorageError) -> [FileID: Int] {
    try await retrier.run { () async throws(StorageError) in try await base.linkCounts(of: files) }
  }

  public func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.link(files, to: conversation) }
  }

  public func unlink(_ files: [FileID], from conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.unlink(files, from: conversation) }
  }
}
