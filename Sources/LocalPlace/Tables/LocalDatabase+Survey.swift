internal import StorageDigests
internal import StorageFormats
internal import StorageModel
internal import StorageSQLite

/// What may be cleaned away. For reading only: whatever removes something decides anew.
extension LocalDatabase {
  func survey(
    grace: Duration, purgeAfter: Duration, at time: Timestamp, contentsIn blobs: BlobDirectory
  ) throws(SQLiteError) -> CleanupSurvey {
    let none = LocalConditions()
    var survey = CleanupSurvey(
      time: time, callerSeesAllRows: true, obstacles: [], fileCount: try count("files", where: none),
      linkCount: try count("conversation_files", where: none),
      conversationCount: try count("conversations", where: none), amounts: [:])
    for wanted in CleanupClass.allCases {
      var amount = CleanupAmount()
      let moment = time.adding(.zero - (wanted == .purge ? purgeAfter : grace))
      try forEachFound(wanted, before: moment, after: nil, at: time, contentsIn: blobs, withFiles: false) { found in
        amount.add(found.byteCount)
        return true
      }
      survey.amounts[wanted] = amount
    }
    return survey
  }

  func candidates(
    _ wanted: CleanupClass, olderThan age: Duration, after last: ObjectAddress?, limit: Int, at time: Timestamp,
    contentsIn blobs: BlobDirectory
  ) throws(SQLiteError) -> [CleanupCandidate] {
    var candidates: [CleanupCandidate] = []
    if limit < 1 { return candidates }
    try forEachFound(
      wanted, before: time.adding(.zero - age), after: last, at: time, contentsIn: blobs, withFiles: true
    ) { found in
      candidates.append(found)
      return candidates.count < limit
    }
    return candidates
  }

  /// Hands over what holds to a class, in the order of key and bucket, until `body` returns false.
  private func forEachFound(
    _ wanted: CleanupClass, before moment: Timestamp?, after last: ObjectAddress?, at time: Timestamp,
    contentsIn blobs: BlobDirectory, withFiles: Bool, _ body: (CleanupCandidate) -> Bool
  ) throws(SQLiteError) {
    let (sql, values) = query(for: wanted, before: moment, after: last, at: time, withFiles: withFiles)
    var statement = try database.prepare(sql)
    try statement.bind(values)
    while try statement.step() {
      var candidate = try CleanupCandidate(statement)
      switch wanted {
      case .expired:
        guard let expiry = statement.value(8).text.flatMap({ Timestamp(expiry: $0) }), expiry < time else { continue }
        candidate.since = expiry.columnText
      case .missing:
        if let digest = statement.value(9).text.flatMap({ SHA256Digest(hex: $0) }),
          blobs.holds(digest, byteCount: statement.integer(10))
        {
          continue
        }
      case .orphan, .object, .purge, .unfinished: break
      }
      if !body(candidate) { return }
    }
  }

  /// The columns of a candidate, and for files three more: `expires_at`, and digest and size of the object.
  private func query(
    for wanted: CleanupClass, before moment: Timestamp?, after last: ObjectAddress?, at time: Timestamp, withFiles: Bool
  ) -> (sql: String, values: [SQLiteValue]) {
    let moment = SQLiteValue(moment?.columnText)
    let place: [SQLiteValue] = [.text(last?.key ?? ""), .text(last?.bucket ?? "")]
    switch wanted {
    case .orphan:
      let isOrphan = """
        f.created_at < ? AND NOT EXISTS (SELECT 1 FROM conversation_files AS l WHERE l.file_id = f.id)
          AND \(Self.isNotAwaited)
        """
      return (Self.filesFound(isOrphan, withFiles), [place[0], moment])
    case .expired:
      return (
        Self.filesFound("json_type(f.metadata, '$.expires_at') = 'text' AND \(Self.isNotAwaited)", withFiles),
        [place[0]]
      )
    case .missing: return (Self.filesFound("true", withFiles), [place[0]])
    case .object:
      let sql = """
        SELECT bucket, o.key, NULL, written_at, size_bytes, sha256, 0, NULL FROM objects AS o
        WHERE (o.key, o.bucket) > (?, ?) AND written_at < ? AND bucket IN (SELECT value FROM json_each(?))
          AND NOT EXISTS (SELECT 1 FROM files AS f WHERE f.storage_path = o.key)
          AND NOT EXISTS (SELECT 1 FROM trash AS t
            WHERE t.bucket = o.bucket AND t.key = o.key AND t.state IN ('trashed', 'purging'))
        ORDER BY o.key, o.bucket
        """
      return (sql, place + [moment, Self.ownBuckets])
    case .purge: return (Self.entriesFound("trashed", since: "trashed_at", withFiles), place + [moment])
    case .unfinished:
      let deserted = SQLiteValue(time.adding(.zero - Self.claimTime)?.columnText)
      return (Self.entriesFound("purging", since: "claimed_at", withFiles), place + [deserted])
    }
  }

  /// What waits to be sent to a project is its only copy, and wanted there.
  static let isNotAwaited = "NOT EXISTS (SELECT 1 FROM outbox WHERE file_id = f.id AND project <> '')"

  private static func filesFound(_ condition: String, _ withFiles: Bool) -> String {
    """
    SELECT f.bucket, f.storage_path, f.id, f.created_at, ifnull(o.size_bytes, f.size_bytes),
      ifnull(json_extract(f.metadata, '$.sha256'), o.sha256),
      (SELECT count(*) FROM conversation_files AS l WHERE l.file_id = f.id), \(withFiles ? fileDocument : "NULL"),
      json_extract(f.metadata, '$.expires_at'), o.sha256, o.size_bytes
    FROM (SELECT *, CASE WHEN json_type(metadata, '$.bucket') = 'text' THEN json_extract(metadata, '$.bucket')
        WHEN file_type = 'user_upload' THEN 'user-files' ELSE 'generated-files' END AS bucket FROM files) AS f
      LEFT JOIN objects AS o ON o.bucket = f.bucket AND o.key = f.storage_path
    WHERE f.storage_path > ? AND \(condition) ORDER BY f.storage_path
    """
  }

  private static func entriesFound(_ state: String, since: String, _ withFiles: Bool) -> String {
    """
    SELECT bucket, key, file_id, \(since), size_bytes, sha256, json_array_length(links), \(withFiles ? "file" : "NULL")
    FROM trash WHERE (key, bucket) > (?, ?) AND state = '\(state)' AND \(since) <= ? ORDER BY key, bucket
    """
  }
}

extension CleanupCandidate {
  fileprivate init(_ row: borrowing Statement) throws(SQLiteError) {
    self.init(
      object: ObjectAddress(bucket: try row.text(0), key: try row.text(1)),
      fileID: row.value(2).text.flatMap { FileID($0) }, since: row.value(3).text, byteCount: row.value(4).integer,
      sha256: row.value(5).text, linkCount: Int(row.integer(6)),
      file: try row.value(7).text.map { text throws(SQLiteError) in try JSONValue(column: text) })
  }
}
