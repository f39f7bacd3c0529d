internal import FoundationEssentials
internal import StorageModel
internal import StorageSQLite

/// Into the trash. All decisions are taken here, in the transaction that writes: what the caller read is no reason.
extension LocalDatabase {
  /// Why files are to go, and which of them may.
  struct TrashTerms {
    var rule: TrashRule
    var run: UUID
    /// Only those made before it; nil for any.
    var madeBefore: Timestamp?
    /// Only those whose time was over by then.
    var expiredBefore: Timestamp?
    /// Nil is no limit.
    var linkLimit: Int?
    /// Of the conversation they go with.
    var continuationID: String?
  }

  static let fileDocument = """
    json_object('id', f.id, 'storage_path', f.storage_path, 'original_name', f.original_name, 'mime_type', f.mime_type,
      'size_bytes', f.size_bytes, 'file_type', f.file_type, 'metadata', json(f.metadata), 'created_at', f.created_at)
    """
  private static let linkDocuments = """
    (SELECT json_group_array(json_object(
        'continuation_id', c.continuation_id, 'conversation_id', c.id, 'added_at', l.added_at))
      FROM conversation_files AS l JOIN conversations AS c ON c.id = l.conversation_id WHERE l.file_id = f.id)
    """
  /// What of the file waits, or is parked.
  private static let waitingDocuments = """
    (SELECT json_group_array(json_object(
        'project', project, 'kind', kind, 'continuation_id', continuation_id, 'is_parked', is_parked,
        'attempts', attempts, 'error', error, 'created_at', created_at))
      FROM (SELECT * FROM outbox WHERE file_id = f.id ORDER BY seq))
    """

  /// The one place where rows of files are deleted; their links, and what waits, go along.
  /// - Returns: what is in the trash because of this run.
  func moveToTrash(_ ids: [FileID], _ terms: TrashTerms, at time: Timestamp) throws(SQLiteError) -> [TrashEntry] {
    var insertion = try database.prepare(
      """
      INSERT OR REPLACE INTO trash (bucket, key, state, rule, run_id, trashed_at, file_id, file, links, waiting,
        continuation_id, size_bytes, sha256)
      SELECT ?1, f.storage_path, 'trashed', ?2, ?3, ?4, f.id, \(Self.fileDocument), \(Self.linkDocuments),
        \(Self.waitingDocuments), ?5, ifnull(o.size_bytes, f.size_bytes),
        ifnull(json_extract(f.metadata, '$.sha256'), o.sha256)
      FROM files AS f LEFT JOIN objects AS o ON o.bucket = ?1 AND o.key = f.storage_path WHERE f.id = ?6
      """)
    var deletion = try database.prepare("DELETE FROM files WHERE id = ?")
    for id in Set(ids) {
      guard let file = try files(ids: [id]).first, try mayGo(file, terms) else { continue }
      let address = ObjectAddress(of: file)
      try insertion.run([
        .text(address.bucket), .text(terms.rule.rawValue), .text(terms.run.columnText), .text(time.columnText),
        SQLiteValue(terms.continuationID), .text(id.description),
      ])
      try record(.trash, of: address, at: time)
      try deletion.run([.text(id.description)])
    }
    return try entries(
      "file_id IN (SELECT value FROM json_each(?)) AND run_id = ? AND rule = ? AND state = 'trashed'",
      [.list(ids.map(\.description)), .text(terms.run.columnText), .text(terms.rule.rawValue)])
  }

  private func mayGo(_ file: FileRow, _ terms: TrashTerms) throws(SQLiteError) -> Bool {
    if terms.madeBefore != nil || terms.expiredBefore != nil,
      try rows(
        "SELECT 1 FROM files AS f WHERE id = ? AND \(Self.isNotAwaited)", [.text(file.id.description)],
        { $0.integer(0) }
      ).isEmpty
    {
      return false
    }
    if let limit = terms.linkLimit, try linkCounts(of: [file.id])[file.id] ?? 0 > limit { return false }
    if let moment = terms.madeBefore {
      guard let made = file.createdAt, made < moment.columnText else { return false }
    }
    if let moment = terms.expiredBefore {
      guard let expiry = file.metadata.expiresAt.flatMap({ Timestamp(expiry: $0) }), expiry < moment else {
        return false
      }
    }
    return true
  }

  /// Objects that no row describes.
  func moveToTrash(
    _ objects: [ObjectAddress], writtenBefore moment: Timestamp, run: UUID, at time: Timestamp
  ) throws(SQLiteError) -> [TrashEntry] {
    var insertion = try database.prepare(
      """
      INSERT OR REPLACE INTO trash (bucket, key, state, rule, run_id, trashed_at, links, waiting, size_bytes, sha256)
      SELECT bucket, key, 'trashed', 'object', ?, ?, '[]', '[]', size_bytes, sha256 FROM objects
      WHERE bucket = ? AND key = ? AND written_at < ? AND bucket IN (SELECT value FROM json_each(?))
        AND NOT EXISTS (SELECT 1 FROM files WHERE storage_path = key)
      """)
    var entries: [TrashEntry] = []
    for object in ObjectAddress.distinct(objects) {
      let state = try state(of: object)
      if state != .trashed, state != .purging {
        try insertion.run(
          [.text(run.columnText), .text(time.columnText)] + object.values
            + [.text(moment.columnText), Self.ownBuckets])
        if database.changedRowCount > 0 { try record(.trash, of: object, at: time) }
      }
      if let entry = try entry(object), entry.run == run, entry.rule == .object, entry.state == .trashed {
        entries.append(entry)
      }
    }
    return entries
  }

  static var ownBuckets: SQLiteValue { .list(Bucket.allCases.map(\.name)) }

  // MARK: Conversations

  /// Deletes a conversation with its messages; files that only it refers to go into the trash. Nil when there is none.
  func deleteConversation(_ id: String, run: UUID, at time: Timestamp) throws(SQLiteError) -> DeletedConversation? {
    let found = try rows("SELECT continuation_id FROM conversations WHERE id = ?", [.text(id)]) {
      row throws(SQLiteError) in try row.text(0)
    }
    guard let continuationID = found.first else { return try deletedConversation(id, run) }
    let ids = try rows("SELECT file_id FROM conversation_files WHERE conversation_id = ?", [.text(id)]) {
      row throws(SQLiteError) in try FileID(column: row.text(0))
    }
    _ = try moveToTrash(
      ids, TrashTerms(rule: .conversation, run: run, linkLimit: 1, continuationID: continuationID), at: time)
    var insertion = try database.prepare(
      """
      INSERT INTO audit (at, action, run_id, rule, detail)
      SELECT ?, 'conversation', ?, 'conversation', json_object(
        'conversation', json_object('id', id, 'continuation_id', continuation_id, 'title', title,
          'metadata', json(metadata), 'created_at', created_at, 'updated_at', updated_at),
        'message_count', (SELECT count(*) FROM messages WHERE conversation_id = conversations.id),
        'shared', json(
          (SELECT json_group_array(file_id) FROM conversation_files WHERE conversation_id = conversations.id)),
        'trashed', json((SELECT json_group_array(\(Self.entryDocument)) FROM trash
          WHERE run_id = ? AND rule = 'conversation' AND state = 'trashed'
            AND file_id IN (SELECT value FROM json_each(?)))))
      FROM conversations WHERE id = ?
      """)
    try insertion.run([
      .text(time.columnText), .text(run.columnText), .text(run.columnText), .list(ids.map(\.description)), .text(id),
    ])
    var deletion = try database.prepare("DELETE FROM conversations WHERE id = ?")
    try deletion.run([.text(id)])
    return try deletedConversation(id, run)
  }

  /// What the audit says went with a conversation.
  private func deletedConversation(_ id: String, _ run: UUID) throws(SQLiteError) -> DeletedConversation? {
    try rows(
      """
      SELECT detail FROM audit
      WHERE run_id = ? AND action = 'conversation' AND json_extract(detail, '$.conversation.id') = ?
      """, [.text(run.columnText), .text(id)]
    ) { row throws(SQLiteError) in
      do {
        return try JSONDecoder().decode(DeletedRow.self, from: Data(row.text(0).utf8)).deleted
      } catch let error as SQLiteError {
        throw error
      } catch {
        throw .damaged("a record of the audit that cannot be read")
      }
    }.first
  }
}
