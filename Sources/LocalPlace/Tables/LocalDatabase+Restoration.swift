internal import FoundationEssentials
internal import StorageModel
internal import StorageSQLite

/// Back from the trash, and out of it.
extension LocalDatabase {
  /// Brings entries back: rows, links to conversations that exist, and what waited.
  func restore(
    _ objects: [ObjectAddress], run: UUID, at time: Timestamp, contentsIn blobs: BlobDirectory
  ) throws(SQLiteError) -> [Restoration] {
    var results: [Restoration] = []
    for object in ObjectAddress.distinct(objects) {
      let entry = try entry(object)
      let content = try self.object(object.key, in: object.bucket)
      var restoration = Restoration(
        object: object, fileID: entry?.fileID, result: .absent, linkCount: 0,
        hasObject: content.map { blobs.holds($0.sha256, byteCount: $0.byteCount) } ?? false)
      switch entry?.state {
      case nil: if try wasRestored(object, by: run) { restoration.result = .restored }
      case .purging?: restoration.result = .purging
      case .purged?: restoration.result = .purged
      case .trashed?:
        if let id = entry?.fileID, entry?.file != nil {
          guard try insertRow(of: object) else {
            restoration.result = .taken
            break
          }
          restoration.linkCount = try insertLinks(of: object, to: id)
          try insertWaiting(of: object, for: id)
        }
        restoration.result = .restored
        try record(.restore, of: object, run: run, at: time)
        try removeEntry(object)
      }
      results.append(restoration)
    }
    return results
  }

  private func wasRestored(_ object: ObjectAddress, by run: UUID) throws(SQLiteError) -> Bool {
    try !rows(
      "SELECT 1 FROM audit WHERE run_id = ? AND action = 'restore' AND bucket = ? AND key = ?",
      [.text(run.columnText)] + object.values
    ) { $0.integer(0) }.isEmpty
  }

  /// Whether its id and its path were free.
  private func insertRow(of object: ObjectAddress) throws(SQLiteError) -> Bool {
    var insertion = try database.prepare(
      """
      INSERT INTO files (\(Self.fileColumns))
      SELECT json_extract(file, '$.id'), json_extract(file, '$.storage_path'), json_extract(file, '$.original_name'),
        json_extract(file, '$.mime_type'), json_extract(file, '$.size_bytes'), json_extract(file, '$.file_type'),
        json_extract(file, '$.metadata'), json_extract(file, '$.created_at')
      FROM trash WHERE bucket = ? AND key = ? ON CONFLICT DO NOTHING
      """)
    try insertion.run(object.values)
    return database.changedRowCount > 0
  }

  private func insertLinks(of object: ObjectAddress, to id: FileID) throws(SQLiteError) -> Int {
    var insertion = try database.prepare(
      """
      INSERT INTO conversation_files (conversation_id, file_id, added_at)
      SELECT c.id, ?, json_extract(value, '$.added_at') FROM trash, json_each(links)
      JOIN conversations AS c ON c.continuation_id = json_extract(value, '$.continuation_id')
      WHERE bucket = ? AND trash.key = ? ON CONFLICT DO NOTHING
      """)
    try insertion.run([.text(id.description)] + object.values)
    return database.changedRowCount
  }

  /// What waited when the file was deleted waits again, for the same projects, as it was; what had been sent does not.
  private func insertWaiting(of object: ObjectAddress, for id: FileID) throws(SQLiteError) {
    var insertion = try database.prepare(
      """
      INSERT OR REPLACE INTO outbox
        (project, kind, file_id, continuation_id, is_parked, attempts, error, created_at)
      SELECT json_extract(value, '$.project'), json_extract(value, '$.kind'), ?,
        json_extract(value, '$.continuation_id'), json_extract(value, '$.is_parked'),
        json_extract(value, '$.attempts'), json_extract(value, '$.error'), json_extract(value, '$.created_at')
      FROM trash, json_each(waiting)
      WHERE bucket = ? AND trash.key = ? AND (json_extract(value, '$.continuation_id') IS NULL OR EXISTS (
        SELECT 1 FROM conversations AS c WHERE c.continuation_id = json_extract(value, '$.continuation_id')))
      ORDER BY json_each.key
      """)
    try insertion.run([.text(id.description)] + object.values)
  }

  // MARK: Out of the trash

  /// How long an unfinished purge is left to whoever began it.
  static let claimTime = Duration.seconds(60)

  func claim(
    _ objects: [ObjectAddress], trashedBy moment: Timestamp?, run: UUID, at time: Timestamp
  ) throws(SQLiteError) -> [TrashEntry] {
    let deserted = time.adding(.zero - Self.claimTime)
    var update = try database.prepare(
      """
      UPDATE trash SET state = 'purging', claimed_at = ?1, claim_run_id = ?2
      WHERE bucket = ?3 AND key = ?4 AND (state = 'trashed' AND trashed_at <= ?5
        OR state = 'purging' AND (claimed_at <= ?6 OR claim_run_id = ?2))
      """)
    var claimed: [TrashEntry] = []
    for object in ObjectAddress.distinct(objects) {
      if try isHeld(object) {
        // In use, whatever the trash says.
        try record(.revive, of: object, run: run, at: time)
        try removeEntry(object)
        continue
      }
      try update.run(
        [.text(time.columnText), .text(run.columnText)] + object.values
          + [SQLiteValue(moment?.columnText), SQLiteValue(deserted?.columnText)])
      guard database.changedRowCount > 0, let entry = try entry(object) else { continue }
      try record(.purge, of: object, run: run, at: time)
      claimed.append(entry)
    }
    return claimed
  }

  /// Whether a row describes the object.
  func isHeld(_ object: ObjectAddress) throws(SQLiteError) -> Bool {
    try files(storagePaths: [object.key]).contains { $0.bucket == object.bucket }
  }

  /// Whether the object may be deleted: no row describes it, it is not kept in the trash, and its purge is not over.
  func mayDelete(_ object: ObjectAddress) throws(SQLiteError) -> Bool {
    switch try state(of: object) {
    case .trashed?, .purged?: false
    case .purging?, nil: try !isHeld(object)
    }
  }

  /// Ends purges at once: a deletion here is a transaction that looks at the entry itself, so none can come late.
  func finishPurge(
    _ objects: [ObjectAddress], run: UUID, at time: Timestamp
  ) throws(SQLiteError) -> [ObjectAddress] {
    var update = try database.prepare(
      """
      UPDATE trash SET state = 'purged', purged_at = ? WHERE bucket = ? AND key = ? AND state = 'purging'
        AND NOT EXISTS (SELECT 1 FROM objects AS o WHERE o.bucket = trash.bucket AND o.key = trash.key)
      """)
    var finished: [ObjectAddress] = []
    for object in ObjectAddress.distinct(objects) {
      try update.run([.text(time.columnText)] + object.values)
      if database.changedRowCount > 0 { try record(.purged, of: object, run: run, at: time) }
      if try state(of: object) == .purged { finished.append(object) }
    }
    return finished
  }
}
