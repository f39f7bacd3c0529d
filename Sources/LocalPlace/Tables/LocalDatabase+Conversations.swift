internal import FoundationEssentials
internal import StorageFormats
package import StorageModel
internal import StoragePlaces
package import StorageSQLite

extension LocalDatabase {
  static let conversationColumns = "id, continuation_id, title, metadata, created_at, updated_at"

  /// By its continuation id, else by the id of its row.
  package func conversation(_ id: String) throws(SQLiteError) -> Conversation? {
    var candidates = [("continuation_id", id)]
    if let uuid = FileID(id) { candidates.append(("id", uuid.description)) }
    for (column, value) in candidates {
      let found = try rows(
        "SELECT \(Self.conversationColumns) FROM conversations WHERE \(column) = ?", [.text(value)]
      ) { row throws(SQLiteError) in try Conversation(row) }
      if let conversation = found.first { return conversation }
    }
    return nil
  }

  func createConversation(
    continuationID: String, title: String?, metadata: [String: JSONValue], at time: Timestamp
  ) throws(SQLiteError) -> (conversation: Conversation, isNew: Bool) {
    if let found = try conversation(continuationID) { return (found, false) }
    let new = Conversation(
      id: UUID().uuidString.lowercased(), continuationID: continuationID,
      title: title ?? Conversation.standardTitle(of: continuationID), metadata: metadata, createdAt: time.columnText,
      updatedAt: time.columnText)
    var insertion = try database.prepare(
      "INSERT INTO conversations (\(Self.conversationColumns)) VALUES (?, ?, ?, ?, ?, ?)")
    try insertion.run([
      .text(new.id), .text(continuationID), SQLiteValue(new.title), .text(JSONValue.object(metadata).text),
      .text(time.columnText), .text(time.columnText),
    ])
    return (new, true)
  }

  func conversations(
    matching query: ConversationQuery, after values: [String?]?, limit: Int
  ) throws(SQLiteError) -> Page<Conversation> {
    var conditions = LocalConditions()
    if let search = query.search { conditions.add(anyOf: ["ifnull(title, '')", "continuation_id"], contains: search) }
    if let prefix = query.continuationIDPrefix { conditions.add("continuation_id", beginsWith: prefix) }
    if let file = query.file {
      conditions.add(
        "id IN (SELECT conversation_id FROM conversation_files WHERE file_id = ?)", .text(file.description))
    }
    return try page(
      Self.conversationColumns, from: "conversations", where: conditions, order: LocalOrder.newest, after: values,
      limit: limit
    ) { row throws(SQLiteError) in try Conversation(row) }
  }

  // MARK: Messages

  /// Whether it was inserted. Throws `.missingParent` when the conversation is not there.
  func insert(_ message: Message, into conversation: String, at time: Timestamp) throws(SQLiteError) -> Bool {
    var insertion = try database.prepare(
      """
      INSERT INTO messages (id, conversation_id, role, content, metadata, created_at) VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT DO NOTHING
      """)
    try insertion.run([
      .text(message.id), .text(conversation), .text(message.role.rawValue), .text(message.content),
      .text(JSONValue.object(message.metadata).text), .text(time.columnText),
    ])
    return database.changedRowCount > 0
  }

  /// A message with the continuation id of its conversation.
  package func message(_ id: String) throws(SQLiteError) -> (message: Message, conversation: String)? {
    try rows(
      """
      SELECT messages.id, role, content, messages.metadata, messages.created_at, continuation_id
      FROM messages JOIN conversations ON conversations.id = conversation_id WHERE messages.id = ?
      """, [.text(id)]
    ) { row throws(SQLiteError) in (message: try Message(row), conversation: try row.text(5)) }.first
  }

  func messages(
    of conversation: String, before values: [String?]?, limit: Int
  ) throws(SQLiteError) -> Page<Message> {
    var conditions = LocalConditions()
    conditions.add("conversation_id = ?", .text(conversation))
    return try page(
      "id, role, content, metadata, created_at", from: "messages", where: conditions, order: LocalOrder.newest,
      after: values, limit: limit
    ) { row throws(SQLiteError) in try Message(row) }
  }
}

extension Conversation {
  init(_ row: borrowing Statement) throws(SQLiteError) {
    self.init(
      id: try row.text(0), continuationID: try row.text(1), title: row.value(2).text,
      metadata: try JSONValue(column: row.text(3)).members, createdAt: try row.text(4), updatedAt: try row.text(5))
  }
}

extension Message {
  init(_ row: borrowing Statement) throws(SQLiteError) {
    guard let role = Role(rawValue: try row.text(1)) else { throw .damaged("an unknown role") }
    self.init(
      id: try row.text(0), role: role, content: try row.text(2),
      metadata: try JSONValue(column: row.text(3)).members, createdAt: try row.text(4))
  }
}
