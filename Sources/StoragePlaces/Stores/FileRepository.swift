package import StorageFormats
package import StorageModel

/// The rows: files, conversations, messages, and what links them.
///
/// Every operation may be repeated: what was done already counts as done.
package protocol FileRepository: Sendable {
  // MARK: conversations

  /// The conversation of that continuation id, or nil. A uuid that is nobody's continuation id may be the id of a row.
  func conversation(continuationID: String) async throws(StorageError) -> Conversation?

  /// The conversation of that continuation id, made if there is none. An existing one is left as it is.
  /// Without a title it gets one that is made from its continuation id.
  /// - Returns: the conversation, and whether this call made it.
  func createConversation(
    continuationID: String, title: String?, metadata: [String: JSONValue]
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool)

  /// The next conversations that match, newest first, at most `limit`, which is from 1 to 1000.
  /// `cursor` is `PageCursor(after:)` the last one that was seen, nil at the beginning.
  func conversations(
    matching query: ConversationQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Conversation>

  // MARK: messages

  /// Inserts a message unless one of its id is there. Throws `.notFound` when the conversation is gone.
  /// - Returns: whether it was inserted.
  func insert(_ message: Message, into conversation: Conversation) async throws(StorageError) -> Bool

  /// The newest messages of a conversation, newest first, at most `limit`, which is from 1 to 1000.
  /// `cursor` is `PageCursor(before:)` the oldest one that was seen, nil for the newest of all.
  func messages(
    of conversation: Conversation, before cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Message>

  // MARK: files

  /// The rows with these ids, in any order.
  func files(ids: [FileID]) async throws(StorageError) -> [FileRow]

  /// The rows on these storage paths, in any order.
  func files(storagePaths: [String]) async throws(StorageError) -> [FileRow]

  /// The next rows that match, in the query's order, at most `limit`, which is from 1 to 1000. Page after page gives every
  /// row exactly once that is there all the time, whatever is inserted and deleted meanwhile.
  /// `cursor` is `PageCursor(after:in:)` the last row that was seen, nil at the beginning.
  func files(
    matching query: FileQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<FileRow>

  /// How many rows match, exactly. The order does not count.
  func count(_ query: FileQuery) async throws(StorageError) -> Int

  /// What the next rows take, in the order of their ids, those after `id`; nil is the beginning.
  /// - Returns: also the last of them; nil when none follows.
  func usage(after id: FileID?) async throws(StorageError) -> (usage: Usage, last: FileID?)

  /// Inserts rows, at most 500. A row whose path is taken is left out.
  /// - Returns: the ids that were inserted.
  func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID>

  /// Sets a row's metadata if they still are `old`, whole and exactly, so that nobody's change is lost.
  /// - Returns: false when they are others by now, or the row is gone.
  func updateMetadata(of id: FileID, from old: FileMetadata, to new: FileMetadata) async throws(StorageError) -> Bool

  // MARK: links

  /// How many conversations each of the files is linked to; those with no link are left out.
  func linkCounts(of files: [FileID]) async throws(StorageError) -> [FileID: Int]

  /// The next ids of files linked to the conversation, up to 1000, in order, those after `id`.
  func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID>

  /// Links files, at most 500, to a conversation.
  /// - Returns: the ids that were not linked before. Throws `.notFound` when the conversation or one of the files is gone.
  func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID>

  /// Takes away the links of files to a conversation; nothing else of either is touched.
  /// - Returns: the ids that were linked.
  func unlink(_ files: [FileID], from conversation: Conversation) async throws(StorageError) -> Set<FileID>
}

extension FileRepository {
  package func createConversation(
    continuationID: String, title: String?
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    try await createConversation(continuationID: continuationID, title: title, metadata: [:])
  }

  /// The next rows that match, up to 1000.
  package func files(
    matching query: FileQuery, after cursor: PageCursor? = nil
  ) async throws(StorageError) -> Page<FileRow> {
    try await files(matching: query, after: cursor, limit: 1000)
  }

  /// What all rows take. Rows that are there all the time are counted once, whatever is inserted and deleted meanwhile.
  package func usage() async throws(StorageError) -> Usage {
    var usage = Usage()
    var after: FileID?
    while true {
      let (part, last) = try await self.usage(after: after)
      usage.add(part)
      guard let last else { return usage }
      after = last
    }
  }

  /// All conversations that a file is linked to, newest first.
  package func conversations(of file: FileID) async throws(StorageError) -> [Conversation] {
    var found: [Conversation] = []
    while true {
      let page = try await conversations(
        matching: ConversationQuery(file: file), after: found.last.map { PageCursor(after: $0) }, limit: 1000)
      found += page.elements
      if page.isLast || page.elements.isEmpty { return found }
    }
  }
}
