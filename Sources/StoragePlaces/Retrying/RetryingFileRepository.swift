package import StorageFormats
package import StorageModel
package import StorageRunning

/// A file repository whose operations are repeated when that may help.
package struct RetryingFileRepository: FileRepository {
  let base: any FileRepository
  let retrier: Retrier

  package init(_ base: any FileRepository, retrier: Retrier) {
    self.base = base
    self.retrier = retrier
  }

  package func conversation(continuationID: String) async throws(StorageError) -> Conversation? {
    try await retrier.run { () async throws(StorageError) in
      try await base.conversation(continuationID: continuationID)
    }
  }

  package func createConversation(
    continuationID: String, title: String?, metadata: [String: JSONValue]
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    try await retrier.run { () async throws(StorageError) in
      try await base.createConversation(continuationID: continuationID, title: title, metadata: metadata)
    }
  }

  package func conversations(
    matching query: ConversationQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Conversation> {
    try await retrier.run { () async throws(StorageError) in
      try await base.conversations(matching: query, after: cursor, limit: limit)
    }
  }

  package func insert(_ message: Message, into conversation: Conversation) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in try await base.insert(message, into: conversation) }
  }

  package func messages(
    of conversation: Conversation, before cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Message> {
    try await retrier.run { () async throws(StorageError) in
      try await base.messages(of: conversation, before: cursor, limit: limit)
    }
  }

  package func files(ids: [FileID]) async throws(StorageError) -> [FileRow] {
    try await retrier.run { () async throws(StorageError) in try await base.files(ids: ids) }
  }

  package func files(storagePaths: [String]) async throws(StorageError) -> [FileRow] {
    try await retrier.run { () async throws(StorageError) in try await base.files(storagePaths: storagePaths) }
  }

  package func files(
    matching query: FileQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<FileRow> {
    try await retrier.run { () async throws(StorageError) in
      try await base.files(matching: query, after: cursor, limit: limit)
    }
  }

  package func count(_ query: FileQuery) async throws(StorageError) -> Int {
    try await retrier.run { () async throws(StorageError) in try await base.count(query) }
  }

  package func usage(after id: FileID?) async throws(StorageError) -> (usage: Usage, last: FileID?) {
    try await retrier.run { () async throws(StorageError) in try await base.usage(after: id) }
  }

  package func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.insert(files) }
  }

  package func updateMetadata(
    of id: FileID, from old: FileMetadata, to new: FileMetadata
  ) async throws(StorageError) -> Bool {
    try await retrier.run { () async throws(StorageError) in
      try await base.updateMetadata(of: id, from: old, to: new)
    }
  }

  package func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID>
  {
    try await retrier.run { () async throws(StorageError) in
      try await base.linkedFiles(of: conversation, after: id)
    }
  }

  package func linkCounts(of files: [FileID]) async throws(StorageError) -> [FileID: Int] {
    try await retrier.run { () async throws(StorageError) in try await base.linkCounts(of: files) }
  }

  package func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.link(files, to: conversation) }
  }

  package func unlink(_ files: [FileID], from conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    try await retrier.run { () async throws(StorageError) in try await base.unlink(files, from: conversation) }
  }
}
