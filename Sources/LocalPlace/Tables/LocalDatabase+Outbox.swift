internal import StorageFormats
package import StorageModel
package import StorageSQLite

/// The outbox: a row for every change that some project does not have yet. One with the project '' was made while no
/// project was set; the first one that is sent to gets it.
extension LocalDatabase {
  static let itemColumns =
    "seq, kind, file_id, continuation_id, message_id, is_parked, attempts, error, created_at"
  private static let isOfChange =
    "kind = ? AND ifnull(file_id, '') = ? AND ifnull(continuation_id, '') = ? AND ifnull(message_id, '') = ?"

  /// Adds changes. One that waits already, or is parked, goes to the end as if it had never been tried; one that waited
  /// for whatever project comes first belongs to this one from now on.
  package func enqueue(_ changes: [OutboxItem.Change], for project: String, at time: Timestamp) throws(SQLiteError) {
    var insertion = try database.prepare(
      """
      INSERT OR REPLACE INTO outbox (kind, file_id, continuation_id, message_id, project, created_at)
      VALUES (?, ?, ?, ?, ?, ifnull((SELECT created_at FROM outbox WHERE \(Self.isOfChange) AND project = ?), ?))
      """)
    var claim = try database.prepare(
      "UPDATE OR REPLACE outbox SET project = ? WHERE \(Self.isOfChange) AND project = ''")
    for change in changes {
      try withdraw(change.opposite, from: project)
      if !project.isEmpty { try claim.run([.text(project)] + change.key) }
      if try isCovered(change, by: project) { continue }
      if case .file(let id) = change { try withdrawOwnLink(of: id, from: project) }
      try insertion.run(
        change.columns + [.text(project)] + change.key + [.text(project), .text(time.columnText)])
    }
  }

  /// Whether the change comes with another one that waits: a file brings the link it was stored with.
  private func isCovered(_ change: OutboxItem.Change, by project: String) throws(SQLiteError) -> Bool {
    guard case .link(let file, let continuationID) = change else { return false }
    let found = try rows(
      """
      SELECT 1 FROM outbox JOIN files ON files.id = file_id
      WHERE project IN ('', ?) AND kind = 'file' AND file_id = ? AND json_extract(metadata, '$.continuation_id') = ?
      """,
      [.text(project), .text(file.description), .text(continuationID)]
    ) { $0.integer(0) }
    return !found.isEmpty
  }

  /// The link that a file was stored with comes with the file.
  private func withdrawOwnLink(of file: FileID, from project: String) throws(SQLiteError) {
    var deletion = try database.prepare(
      """
      DELETE FROM outbox WHERE kind = 'link' AND file_id = ? AND project = ?
      AND continuation_id = (SELECT json_extract(metadata, '$.continuation_id') FROM files WHERE id = ?)
      """)
    try deletion.run([.text(file.description), .text(project), .text(file.description)])
  }

  private func withdraw(_ change: OutboxItem.Change?, from project: String) throws(SQLiteError) {
    guard let change else { return }
    var deletion = try database.prepare("DELETE FROM outbox WHERE \(Self.isOfChange) AND project IN ('', ?)")
    try deletion.run(change.key + [.text(project)])
  }

  /// What waits for a project, or is parked, of one kind, in the order in which it came, after the item `seq`.
  package func items(
    _ kind: OutboxItem.Kind, for project: String, parked: Bool = false, after seq: Int64 = 0, limit: Int
  ) throws(SQLiteError) -> [OutboxItem] {
    try rows(
      """
      SELECT \(Self.itemColumns) FROM outbox
      WHERE project IN ('', ?) AND kind = ? AND is_parked = ? AND seq > ? ORDER BY seq LIMIT ?
      """,
      [.text(project), .text(kind.rawValue), .integer(parked ? 1 : 0), .integer(seq), .integer(Int64(limit))]
    ) { row throws(SQLiteError) in try OutboxItem(row) }
  }

  /// Whether a file waits for a project, or is parked.
  package func isQueued(_ file: FileID, for project: String) throws(SQLiteError) -> Bool {
    try !rows(
      "SELECT 1 FROM outbox WHERE project IN ('', ?) AND kind = 'file' AND file_id = ?",
      [.text(project), .text(file.description)]
    ) { $0.integer(0) }.isEmpty
  }

  /// The files that wait for a project and are linked to this conversation alone.
  package func files(of conversation: Conversation, awaitedBy project: String) throws(SQLiteError) -> [FileRow] {
    let ids = try rows(
      """
      SELECT file_id FROM conversation_files AS own WHERE conversation_id = ?
        AND NOT EXISTS (SELECT 1 FROM conversation_files WHERE file_id = own.file_id AND conversation_id <> ?1)
        AND EXISTS (SELECT 1 FROM outbox WHERE file_id = own.file_id AND kind = 'file' AND project IN ('', ?))
      """, [.text(conversation.id), .text(project)]
    ) { row throws(SQLiteError) in try FileID(column: row.text(0)) }
    return try files(ids: ids)
  }

  package func isQueued(conversation id: String, for project: String) throws(SQLiteError) -> Bool {
    try !rows(
      "SELECT 1 FROM outbox WHERE project IN ('', ?) AND continuation_id = ?", [.text(project), .text(id)]
    ) { $0.integer(0) }.isEmpty
  }

  /// Those of the files that wait for other projects as well.
  package func awaitedElsewhere(_ files: [FileID], than project: String) throws(SQLiteError) -> Set<FileID> {
    Set(
      try rows(
        "SELECT DISTINCT file_id FROM outbox WHERE project NOT IN ('', ?) AND file_id IN (SELECT value FROM json_each(?))",
        [.text(project), .list(files.map(\.description))]
      ) { row throws(SQLiteError) in try FileID(column: row.text(0)) })
  }

  /// What of the files waits for a project waits no longer.
  package func withdraw(_ files: [FileID], from project: String) throws(SQLiteError) {
    var deletion = try database.prepare("DELETE FROM outbox WHERE project IN ('', ?) AND file_id = ?")
    for file in files { try deletion.run([.text(project), .text(file.description)]) }
  }

  /// What of a conversation waits for a project waits no longer: itself, its messages, its links.
  package func withdraw(conversation id: String, from project: String) throws(SQLiteError) {
    var deletion = try database.prepare(
      """
      DELETE FROM outbox WHERE project IN ('', ?1) AND (continuation_id = ?2 OR message_id IN (
        SELECT messages.id FROM messages JOIN conversations ON conversations.id = conversation_id
        WHERE conversations.continuation_id = ?2))
      """)
    try deletion.run([.text(project), .text(id)])
  }

  /// Takes out what a project has now. What was changed again since it was read has another `seq`, and stays.
  package func remove(_ items: [OutboxItem]) throws(SQLiteError) {
    var deletion = try database.prepare("DELETE FROM outbox WHERE seq = ?")
    for item in items { try deletion.run([.integer(item.seq)]) }
  }

  /// Notes what items failed with; `parked` ones are not tried again before `unpark`.
  package func note(_ failures: [(item: OutboxItem, error: StorageError, parked: Bool)]) throws(SQLiteError) {
    var update = try database.prepare(
      "UPDATE outbox SET attempts = attempts + 1, error = ?, is_parked = ? WHERE seq = ?")
    for (item, error, parked) in failures {
      try update.run([.text(error.columnText), .integer(parked ? 1 : 0), .integer(item.seq)])
    }
  }

  /// Lets everything that is parked for a project be tried again. Returns how many items these were.
  package func unpark(for project: String) throws(SQLiteError) -> Int {
    var update = try database.prepare("UPDATE outbox SET is_parked = 0 WHERE is_parked = 1 AND project IN ('', ?)")
    try update.run([.text(project)])
    return database.changedRowCount
  }

  func backlog(for project: String) throws(SQLiteError) -> Backlog {
    var backlog = Backlog()
    let groups = try rows(
      """
      SELECT project IN ('', ?), kind, is_parked, count(*), min(outbox.created_at), total(size_bytes)
      FROM outbox LEFT JOIN files ON kind = 'file' AND files.id = file_id GROUP BY 1, 2, 3
      """, [.text(project)]
    ) { row throws(SQLiteError) in
      (
        isOurs: row.integer(0) != 0, kind: try OutboxItem.Kind(column: row.text(1)), isParked: row.integer(2) != 0,
        count: Int(row.integer(3)), oldest: try row.text(4), byteCount: row.integer(5)
      )
    }
    for group in groups {
      if !group.isOurs {
        backlog.otherCount += group.count
      } else if group.isParked {
        backlog.parkedCount += group.count
      } else {
        backlog.waiting[group.kind] = group.count
        backlog.byteCount.add(group.byteCount)
        backlog.oldest = min(backlog.oldest ?? group.oldest, group.oldest)
      }
    }
    return backlog
  }
}

extension OutboxItem.Change {
  /// What takes this change back.
  fileprivate var opposite: OutboxItem.Change? {
    switch self {
    case .link(let file, let continuationID): .unlink(file, continuationID)
    case .unlink(let file, let continuationID): .link(file, continuationID)
    case .conversation, .file, .message: nil
    }
  }

  fileprivate var columns: [SQLiteValue] {
    [
      .text(kind.rawValue), SQLiteValue(fileID?.description), SQLiteValue(continuationID), SQLiteValue(messageID),
    ]
  }

  /// The same, as the unique index has them.
  fileprivate var key: [SQLiteValue] { columns.map { $0 == .null ? .text("") : $0 } }
}

extension OutboxItem {
  init(_ row: borrowing Statement) throws(SQLiteError) {
    let change: Change
    switch (try Kind(column: row.text(1)), row.value(2).text.flatMap { FileID($0) }, row.value(3).text) {
    case (.conversation, _, let continuationID?): change = .conversation(continuationID)
    case (.file, let file?, _): change = .file(file)
    case (.link, let file?, let continuationID?): change = .link(file, continuationID)
    case (.unlink, let file?, let continuationID?): change = .unlink(file, continuationID)
    case (.message, _, _): change = .message(try row.text(4))
    default: throw .damaged("a waiting change that lacks its subject")
    }
    self.init(
      seq: row.integer(0), change: change, attempts: Int(row.integer(6)), isParked: row.integer(5) != 0,
      error: try row.value(7).text.map { text throws(SQLiteError) in
        try StorageError(column: JSONValue(column: text).members)
      }, createdAt: try row.text(8))
  }
}

extension OutboxItem.Kind {
  fileprivate init(column text: String) throws(SQLiteError) {
    guard let kind = Self(rawValue: text) else { throw .damaged("an unknown kind of change") }
    self = kind
  }
}

extension StorageError {
  fileprivate var columnText: String {
    var members: [String: JSONValue] = ["code": .string(code.rawValue), "message": .string(message)]
    if let hint { members["hint"] = .string(hint) }
    return JSONValue.object(members).text
  }

  fileprivate init(column members: [String: JSONValue]) throws(SQLiteError) {
    guard case .string(let word)? = members["code"], let code = Code(rawValue: word),
      case .string(let message)? = members["message"]
    else { throw .damaged("an error that cannot be read") }
    let hint: String? = if case .string(let hint)? = members["hint"] { hint } else { nil }
    self.init(code, message, hint: hint)
  }
}
