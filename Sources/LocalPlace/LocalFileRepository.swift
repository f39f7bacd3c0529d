internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning
internal import StorageSQLite

/// The rows of the local store.
struct LocalFileRepository: FileRepository {
  let store: LocalStore

  // MARK: conversations

  func conversation(continuationID: String) async throws(StorageError) -> Conversation? {
    try await store.reading { tables throws(SQLiteError) in try tables.conversation(continuationID) }
  }

  func createConversation(
    continuationID: String, title: String?, metadata: [String: JSONValue]
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    if !store.isStandIn, let found = try await conversation(continuationID: continuationID) { return (found, false) }
    defer { CrashPoint.conversationMade.reached() }
    return try await store.writing { tables throws(SQLiteError) in
      let time = Timestamp.now
      let saved = try tables.createConversation(
        continuationID: continuationID, title: title, metadata: metadata, at: time)
      if saved.isNew || store.isStandIn {
        try tables.enqueue([.conversation(saved.conversation.continuationID)], for: store.project, at: time)
      }
      return saved
    }
  }

  func conversations(
    matching query: ConversationQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Conversation> {
    let values = try cursor?.values(in: PageCursor.conversations)
    return try await store.reading { tables throws(SQLiteError) in
      try tables.conversations(matching: query, after: values, limit: limit)
    }
  }

  // MARK: messages

  func insert(_ message: Message, into conversation: Conversation) async throws(StorageError) -> Bool {
    try await store.writing { tables throws(SQLiteError) in
      let time = Timestamp.now
      let isNew = try tables.insert(message, into: conversation.id, at: time)
      if isNew || store.isStandIn { try tables.enqueue([.message(message.id)], for: store.project, at: time) }
      return isNew
    }
  }

  func messages(
    of conversation: Conversation, before cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Message> {
    let values = try cursor?.values(in: PageCursor.messages)
    return try await store.reading { tables throws(SQLiteError) in
      try tables.messages(of: conversation.id, before: values, limit: limit)
    }
  }

  // MARK: files

  func files(ids: [FileID]) async throws(StorageError) -> [FileRow] {
    try await store.reading { tables throws(SQLiteError) in try tables.files(ids: ids) }
  }

  func files(storagePaths: [String]) async throws(StorageError) -> [FileRow] {
    try await store.reading { tables throws(SQLiteError) in try tables.files(storagePaths: storagePaths) }
  }

  func files(
    matching query: FileQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<FileRow> {
    let values = try cursor?.values(in: query.order.list)
    return try await store.reading { tables throws(SQLiteError) in
      try tables.files(matching: query, after: values, limit: limit)
    }
  }

  func count(_ query: FileQuery) async throws(StorageError) -> Int {
    try await store.reading { tables throws(SQLiteError) in try tables.count("files", where: query.conditions) }
  }

  func usage(after id: FileID?) async throws(StorageError) -> (usage: Usage, last: FileID?) {
    (try await store.reading { tables throws(SQLiteError) in try tables.usage(after: id) }, nil)
  }

  func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID> {
    try await store.insert(files)
  }

  func updateMetadata(
    of id: FileID, from old: FileMetadata, to new: FileMetadata
  ) async throws(StorageError) -> Bool {
    try await store.updateMetadata(of: id, from: old, to: new)
  }

  // MARK: links

  func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID> {
    try await store.reading { tables throws(SQLiteError) in try tables.linkedFiles(of: conversation.id, after: id) }
  }

  func linkCounts(of files: [FileID]) async throws(StorageError) -> [FileID: Int] {
    try await store.reading { tables throws(SQLiteError) in try tables.linkCounts(of: files) }
  }

  func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    defer { CrashPoint.linksCommitted.reached() }
    return try await store.writing { tables throws(SQLiteError) in
      let time = Timestamp.now
      let linked = try tables.link(files, to: conversation.id, at: time)
      try tables.enqueue(
        files.filter { linked.contains($0) || store.isStandIn }.map { .link($0, conversation.continuationID) },
        for: store.project, at: time)
      return linked
    }
  }

  func unlink(_ files: [FileID], from conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    defer { CrashPoint.unlinksCommitted.reached() }
    return try await store.writing { tables throws(SQLiteError) in
      let unlinked = try tables.unlink(files, from: conversation.id)
      try tables.enqueue(
        files.filter { unlinked.contains($0) || store.isStandIn }.map { .unlink($0, conversation.continuationID) },
        for: store.project,
        at: Timestamp.now)
      return unlinked
    }
  }
}
