internal import FoundationEssentials
internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

/// Fills a new database from what can still be read of the old one, and from blobs and their sidecars. What the old one
/// says comes first.
struct DatabaseRebuild {
  let tables: LocalDatabase
  let time: Timestamp
  var recovery: LocalRecovery

  var database: Database { tables.database }

  /// - Parameter database: ours, and empty.
  init(into database: Database, at time: Timestamp) throws(SQLiteError) {
    tables = LocalDatabase(database)
    self.time = time
    recovery = LocalRecovery(.recovered)
    // These end with the connection.
    try database.execute(
      """
      CREATE TEMP TABLE whole (
        sha256 TEXT PRIMARY KEY NOT NULL, size_bytes INTEGER NOT NULL, etag TEXT NOT NULL) WITHOUT ROWID;
      CREATE TEMP TABLE lines (
        id TEXT PRIMARY KEY NOT NULL, sha256 TEXT NOT NULL, created_at TEXT NOT NULL, line TEXT NOT NULL);
      CREATE INDEX temp.lines_created_at ON lines (created_at, id);
      CREATE TEMP TABLE projects (id TEXT NOT NULL, project TEXT NOT NULL, continuation_id TEXT,
        PRIMARY KEY (id, project)) WITHOUT ROWID;
      CREATE INDEX temp.projects_continuation_id ON projects (continuation_id);
      CREATE TEMP TABLE lost (id TEXT PRIMARY KEY NOT NULL, storage_path TEXT NOT NULL, sha256 TEXT) WITHOUT ROWID;
      CREATE TEMP TABLE made (id TEXT PRIMARY KEY NOT NULL) WITHOUT ROWID;
      """)
  }

  /// Reads all blobs and sidecars.
  mutating func read(_ blobs: BlobDirectory, _ meter: ProgressMeter) throws {
    var whole = try database.prepare("INSERT INTO temp.whole (sha256, size_bytes, etag) VALUES (?, ?, ?)")
    var recovery = recovery
    try blobs.forEachEntry(
      { entry in
        var isWhole = false
        do {
          if let digests = try entry.digests(meter) {
            isWhole = digests.sha256 == entry.digest
            if isWhole, let md5 = digests.md5 {
              try whole.run([.text(entry.digest.hex), .integer(digests.byteCount), .text(md5.hex)])
            } else {
              recovery.damagedBlobs.append(.blobContent(entry.digest))
            }
          }
        } catch let error as FileError {
          recovery.damagedBlobs.append(LocalFinding(.blobUnreadable, "\(error)", sha256: entry.digest))
        }
        do {
          recovery.skippedLineCount += try entry.forEachLine { try stage($0, of: entry, isWhole) }
        } catch let error as FileError {
          recovery.damagedBlobs.append(LocalFinding(.blobUnreadable, "\(error)", sha256: entry.digest))
        }
      }, others: { _ in })
    self.recovery = recovery
  }

  private func stage(_ line: SidecarLine, of entry: BlobEntry, _ isWhole: Bool) throws(SQLiteError) {
    let id = SQLiteValue.text(line.file.id.description)
    if !isWhole { return try noteLost(line.file, entry.digest.hex) }
    // The last line of a file holds.
    try run(
      "INSERT OR REPLACE INTO temp.lines (id, sha256, created_at, line) VALUES (?, ?, ?, ?)",
      [id, .text(entry.digest.hex), .text(line.createdAt), .text(line.text)])
    try run(
      "INSERT INTO temp.projects (id, project, continuation_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [id, .text(line.project), SQLiteValue(line.file.metadata.continuationID)])
  }

  /// A row without its content would be a lie.
  func noteLost(_ file: FileRow, _ sha256: String?) throws(SQLiteError) {
    try run(
      "INSERT INTO temp.lost (id, storage_path, sha256) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [.text(file.id.description), .text(file.storagePath), SQLiteValue(sha256)])
  }

  /// Fills the tables in one transaction.
  mutating func fill(from old: Database?) throws(SQLiteError) {
    var filled = self
    try database.transaction { () throws(SQLiteError) in
      var salvage = Salvage(from: old, into: filled)
      try salvage.takeContents()
      try salvage.takeTrash()
      try filled.insertLines()
      try filled.insertConversations(all: !salvage.wasRead("conversations"))
      try salvage.takeRest()
      try filled.insertFirstLinks(all: !salvage.wasRead("conversation_files"))
      try filled.enqueue(all: !salvage.wasRead("outbox"))
      filled.recovery.wasSalvaged = salvage.rowCount > 0
      filled.recovery.skippedRowCount = salvage.skippedCount
    }
    self = filled
    try count()
  }

  // MARK: Files

  /// The files that the sidecars know and the old database did not say, the older ones first: of two that claim one
  /// path the older one holds.
  private func insertLines() throws(SQLiteError) {
    var lines = try database.prepare(
      "SELECT line, sha256, size_bytes, etag FROM temp.lines JOIN temp.whole USING (sha256) ORDER BY created_at, id")
    while try lines.step() {
      guard let line = SidecarLine(text: try lines.text(0), sha256: try lines.text(1)) else { continue }
      let object = try LocalObject(
        keptFor: line.file, sha256: lines.text(1), byteCount: lines.integer(2), etag: lines.text(3))
      if let other = try tables.object(object.key, in: object.bucket), other.sha256 != object.sha256 { continue }
      // Somebody deleted it, and the old database still says so.
      if try tables.entry(ObjectAddress(of: line.file)) != nil { continue }
      guard try insert(line.file, madeAt: line.createdAt) else { continue }
      try run("INSERT INTO temp.made (id) VALUES (?)", [.text(line.file.id.description)])
      try insert(object)
    }
  }

  /// Whether its id and its path were free.
  func insert(_ file: FileRow, madeAt time: String) throws(SQLiteError) -> Bool {
    try run(
      "INSERT INTO files (\(LocalDatabase.fileColumns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
      file.columnValues(madeAt: time))
    return database.changedRowCount > 0
  }

  /// Unless something lies under its key.
  func insert(_ object: LocalObject) throws(SQLiteError) {
    if try tables.object(object.key, in: object.bucket) != nil { return }
    try tables.insert(StoredBucket(name: object.bucket, isPublic: false, byteLimit: nil))
    try tables.put(object)
  }

  // MARK: Conversations

  /// Those that files were stored for and that are not there: of all files, or of those that the sidecars told.
  private func insertConversations(all: Bool) throws(SQLiteError) {
    let limit: Int64 = 500
    while true {
      let missing = try tables.rows(
        """
        SELECT json_extract(metadata, '$.continuation_id') AS name, min(created_at) FROM files
        WHERE name IS NOT NULL AND (? OR id IN (SELECT id FROM temp.made))
          AND NOT EXISTS (SELECT 1 FROM conversations WHERE continuation_id = name)
        GROUP BY name LIMIT ?
        """, [.integer(all ? 1 : 0), .integer(limit)]
      ) { row throws(SQLiteError) in (continuationID: try row.text(0), time: try row.text(1)) }
      for (continuationID, time) in missing {
        try run(
          "INSERT INTO conversations (\(LocalDatabase.conversationColumns)) VALUES (?, ?, ?, '{}', ?, ?)",
          [
            .text(UUID().uuidString.lowercased()), .text(continuationID),
            .text(Conversation.standardTitle(of: continuationID)), .text(time), .text(time),
          ])
      }
      if missing.count < limit { return }
    }
  }

  private func insertFirstLinks(all: Bool) throws(SQLiteError) {
    try run(
      """
      INSERT INTO conversation_files (conversation_id, file_id, added_at)
      SELECT conversations.id, files.id, files.created_at FROM files
      JOIN conversations ON continuation_id = json_extract(files.metadata, '$.continuation_id')
      WHERE ? OR files.id IN (SELECT id FROM temp.made) ON CONFLICT DO NOTHING
      """, [.integer(all ? 1 : 0)])
  }

  // MARK: The outbox

  /// Lets wait again what is not known to be there: everything, or what the sidecars told. Each file for the projects
  /// that its lines name; conversations, links and messages for those of their files.
  private func enqueue(all: Bool) throws(SQLiteError) {
    let all = SQLiteValue.integer(all ? 1 : 0)
    try run(
      """
      INSERT INTO outbox (project, kind, continuation_id, created_at)
      SELECT DISTINCT ifnull(project, ''), 'conversation', c.continuation_id, created_at FROM conversations AS c
      LEFT JOIN temp.projects USING (continuation_id)
      WHERE (? OR temp.projects.id IN (SELECT id FROM temp.made))
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'conversation' AND continuation_id = c.continuation_id)
      ORDER BY created_at, c.continuation_id
      """, [all])
    try run(
      """
      INSERT INTO outbox (project, kind, file_id, created_at)
      SELECT ifnull(project, ''), 'file', files.id, created_at FROM files LEFT JOIN temp.projects USING (id)
      WHERE (? OR files.id IN (SELECT id FROM temp.made))
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'file' AND file_id = files.id)
      ORDER BY created_at, files.id
      """, [all])
    try run(
      """
      INSERT INTO outbox (project, kind, file_id, continuation_id, created_at)
      SELECT ifnull(project, ''), 'link', files.id, c.continuation_id, added_at FROM conversation_files
      JOIN files ON files.id = file_id JOIN conversations AS c ON c.id = conversation_id
      LEFT JOIN temp.projects ON temp.projects.id = files.id
      WHERE ? AND c.continuation_id IS NOT json_extract(files.metadata, '$.continuation_id')
        AND NOT EXISTS (SELECT 1 FROM outbox AS o
          WHERE kind IN ('link', 'unlink') AND o.file_id = files.id AND o.continuation_id = c.continuation_id)
      ORDER BY added_at, files.id
      """, [all])
    try run(
      """
      INSERT INTO outbox (project, kind, message_id, created_at)
      SELECT DISTINCT ifnull(project, ''), 'message', messages.id, messages.created_at FROM messages
      JOIN conversations AS c ON c.id = conversation_id
      LEFT JOIN temp.projects ON temp.projects.continuation_id = c.continuation_id
      WHERE ? AND NOT EXISTS (SELECT 1 FROM outbox WHERE kind = 'message' AND message_id = messages.id)
      ORDER BY messages.created_at, messages.id
      """, [all])
  }

  // MARK: The end

  private mutating func count() throws(SQLiteError) {
    let none = LocalConditions()
    recovery.fileCount = try tables.count("files", where: none)
    recovery.objectCount = try tables.count("objects", where: none)
    recovery.conversationCount = try tables.count("conversations", where: none)
    recovery.messageCount = try tables.count("messages", where: none)
    recovery.linkCount = try tables.count("conversation_files", where: none)
    recovery.waitingCount = try tables.count("outbox", where: none)
    recovery.lostFiles = try tables.rows(
      """
      SELECT id, storage_path, sha256 FROM temp.lost WHERE id NOT IN (SELECT id FROM files)
        AND id NOT IN (SELECT file_id FROM trash WHERE file_id IS NOT NULL AND state <> 'trashed') ORDER BY storage_path
      """, []
    ) { row throws(SQLiteError) in
      LocalRecovery.LostFile(
        id: try FileID(column: row.text(0)), storagePath: try row.text(1),
        sha256: row.value(2).text.flatMap { SHA256Digest(hex: $0) })
    }
  }

  func run(_ sql: String, _ values: [SQLiteValue]) throws(SQLiteError) {
    var statement = try database.prepare(sql)
    try statement.run(values)
  }
}
