internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient

extension RemoteFileRepository {
  func conversation(continuationID: String) async throws(StorageError) -> Conversation? {
    let isUUID = FileID(continuationID) != nil
    let byContinuation = Filter.eq("continuation_id", continuationID)
    let rows = try await connection.answer { () throws(ServiceError) in
      try tables.select(
        ConversationRow.columns, from: "conversations",
        where: [isUUID ? .any([byContinuation, .eq("id", continuationID)]) : byContinuation], limit: 2,
        as: ConversationRow.self)
    }.rows.map(\.conversation).expected("conversations") { conversation in
      conversation.continuationID == continuationID
        || isUUID && conversation.id.lowercased() == continuationID.lowercased()
    }
    return rows.first { $0.continuationID == continuationID } ?? rows.first
  }

  func createConversation(
    continuationID: String, title: String?, metadata: [String: JSONValue]
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    if let found = try await conversation(continuationID: continuationID) { return (found, false) }
    let inserted = try await connection.answer { () throws(ServiceError) in
      var batch = RowBatch(columns: ["continuation_id", "title", "metadata"])
      batch.append { row in
        row.key("continuation_id")
        row.value(continuationID)
        row.key("title")
        row.value(title ?? Conversation.standardTitle(of: continuationID))
        row.key("metadata")
        JSONValue.object(metadata).write(to: &row)
      }
      return try tables.insert(
        batch, into: "conversations", onConflict: ConflictRule(on: ["continuation_id"], .ignore),
        returning: ConversationRow.columns, as: ConversationRow.self)
    }.map(\.conversation).expected("conversations", to: .writes) { $0.continuationID == continuationID }
    if let conversation = inserted.first { return (conversation, true) }
    guard let found = try await conversation(continuationID: continuationID) else {
      throw StorageError(
        .conflict, "the conversation \(continuationID) comes and goes", hint: "run the same command again")
    }
    return (found, false)
  }

  func conversations(
    matching query: ConversationQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Conversation> {
    var filters: [Filter] = []
    if let search = query.search {
      let pattern = TextPattern(search, at: .anywhere, ignoringCase: true)
      filters.append(.any([.text("title", pattern), .text("continuation_id", pattern)]))
    }
    if let prefix = query.continuationIDPrefix {
      filters.append(.text("continuation_id", TextPattern(prefix, at: .start)))
    }
    let page: Page<ConversationRow> = try await page(
      ConversationRow.columns, from: "conversations", where: filters,
      linkedBy: query.file.map { Junction("conversation_files", where: "file_id", is: $0.description) },
      order: [.descending("created_at"), .descending("id")], after: cursor?.values(in: PageCursor.conversations),
      limit: limit, position: { [$0.conversation.createdAt, $0.conversation.id] })
    if let prefix = query.continuationIDPrefix {
      _ = try page.elements.expected("conversations") {
        $0.conversation.continuationID.utf8.starts(with: prefix.utf8)
      }
    }
    return Page(page.elements.map(\.conversation), followingCount: page.followingCount)
  }

  // MARK: messages

  func insert(_ message: Message, into conversation: Conversation) async throws(StorageError) -> Bool {
    let inserted = try await connection.answer { () throws(ServiceError) in
      var batch = RowBatch(columns: ["id", "conversation_id", "role", "content", "metadata"])
      batch.append { row in
        row.key("id")
        row.value(message.id)
        row.key("conversation_id")
        row.value(conversation.id)
        row.key("role")
        row.value(message.role.rawValue)
        row.key("content")
        row.value(message.content)
        row.key("metadata")
        JSONValue.object(message.metadata).write(to: &row)
      }
      return try tables.insert(
        batch, into: "messages", onConflict: ConflictRule(on: ["id"], .ignore), returning: ["id"], as: IDRow.self)
    }.expected("messages", to: .writes) { $0.id.description == message.id.lowercased() }
    return !inserted.isEmpty
  }

  func messages(
    of conversation: Conversation, before cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<Message> {
    let page: Page<MessageRow> = try await page(
      MessageRow.columns, from: "messages", where: [.eq("conversation_id", conversation.id)],
      order: [.descending("created_at"), .descending("id")], after: cursor?.values(in: PageCursor.messages),
      limit: limit, position: { [$0.message.createdAt, $0.message.id] })
    _ = try page.elements.expected("messages") { $0.conversationID == conversation.id }
    return Page(page.elements.map(\.message), followingCount: page.followingCount)
  }
}
