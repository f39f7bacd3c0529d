internal import StorageDigests
internal import StorageFormats
internal import StorageModel
internal import StorageSQLite

/// Copies what can still be read of a damaged database, table by table, forwards up to the first page that cannot be
/// read and then backwards down to it.
struct Salvage {
  private let old: Database?
  private let rebuild: DatabaseRebuild
  /// Tables that were read to their end.
  private var whole: Set<String> = []
  /// Tables that had rows of no use.
  private var incomplete: Set<String> = []
  private(set) var rowCount = 0
  private(set) var skippedCount = 0

  init(from old: Database?, into rebuild: DatabaseRebuild) {
    self.old = old
    self.rebuild = rebuild
  }

  /// Whether nothing that the table says is missing now.
  func wasRead(_ table: String) -> Bool { whole.contains(table) && !incomplete.contains(table) }

  /// What files and conversations need before the sidecars are asked.
  mutating func takeContents() throws(SQLiteError) {
    try take("buckets", "name, is_public, byte_limit", by: "rowid")
    try LocalDatabase.fill(rebuild.database)
    try take("conversations", LocalDatabase.conversationColumns, by: "rowid") { row throws(SQLiteError) in
      _ = try Conversation(row)
    }
    let rebuild = rebuild
    var blob = try rebuild.database.prepare("SELECT size_bytes FROM temp.whole WHERE sha256 = ?")
    try copy("objects", objectColumns, by: "bucket, key") { row throws(SQLiteError) in
      let object = try LocalObject(row)
      try blob.bind([.text(object.sha256.hex)])
      defer { blob.reset() }
      guard try blob.step(), blob.integer(0) == object.byteCount else { return false }
      try rebuild.insert(object)
      return true
    }
    try copy("files", LocalDatabase.fileColumns, by: "rowid") { row throws(SQLiteError) in
      try Self.take(FileRow(row), into: rebuild)
    }
  }

  /// Earlier versions did not tell when an object was written: as if it were now.
  private var objectColumns: String {
    let columns = LocalDatabase.objectColumns
    if let old, (try? old.prepare("SELECT written_at FROM objects LIMIT 0")) == nil {
      return columns.replacing("written_at", with: "'\(rebuild.time.columnText)'")
    }
    return columns
  }

  /// What is in the trash stays there, with the contents that are there.
  mutating func takeTrash() throws(SQLiteError) {
    try take("audit", "seq, at, action, run_id, rule, bucket, key, file_id, sha256, size_bytes, detail", by: "seq")
    try take("trash", LocalDatabase.entryColumns, by: "rowid") { row throws(SQLiteError) in
      for column in [8, 9] { if let text = row.value(column).text { _ = try JSONValue(column: text) } }
    }
    let objects = try rebuild.tables.rows(
      """
      SELECT trash.bucket, trash.key, whole.sha256, whole.size_bytes, etag FROM trash
      JOIN temp.whole ON whole.sha256 = trash.sha256 WHERE state = 'trashed'
      """, []
    ) { row throws(SQLiteError) in
      guard let digest = SHA256Digest(hex: try row.text(2)) else { throw .damaged("a digest that is none") }
      return LocalObject(
        bucket: try row.text(0), key: try row.text(1), sha256: digest, byteCount: row.integer(3), etag: try row.text(4))
    }
    for object in objects { try rebuild.insert(object) }
  }

  /// Whether the content of a file is there. Throws `.damaged` when its row tells of another one: then its line beside the
  /// blob says what it is.
  private static func take(_ file: FileRow, into rebuild: DatabaseRebuild) throws(SQLiteError) -> Bool {
    if let object = try rebuild.tables.object(file.storagePath, in: file.bucket) {
      guard file.isOf(object.sha256, byteCount: object.byteCount) else { throw .damaged("a row of another content") }
    } else {
      // Its object's row is lost, or names a content that is.
      let found = try rebuild.tables.rows(
        "SELECT sha256, size_bytes, etag FROM temp.whole WHERE sha256 = ?", [SQLiteValue(file.metadata.sha256)]
      ) { row throws(SQLiteError) in
        try LocalObject(keptFor: file, sha256: row.text(0), byteCount: row.integer(1), etag: row.text(2))
      }
      guard let object = found.first else {
        try rebuild.noteLost(file, file.metadata.sha256)
        return false
      }
      guard file.isOf(object.sha256, byteCount: object.byteCount) else { throw .damaged("a row of another size") }
      try rebuild.insert(object)
    }
    return try rebuild.insert(file, madeAt: file.createdAt ?? rebuild.time.columnText)
  }

  /// What refers to files and conversations.
  mutating func takeRest() throws(SQLiteError) {
    try take("messages", "id, role, content, metadata, created_at, conversation_id", by: "rowid") {
      row throws(SQLiteError) in _ = try Message(row)
    }
    try take(
      "conversation_files", "conversation_id, file_id, added_at", by: "conversation_id, file_id")
    try take("outbox", "\(LocalDatabase.itemColumns), project", by: "seq") { row throws(SQLiteError) in
      _ = try OutboxItem(row)
    }
  }

  /// Copies rows as they are, those that `check` does not throw `.damaged` for.
  private mutating func take(
    _ table: String, _ columns: String, by order: String,
    check: (borrowing Statement) throws(SQLiteError) -> Void = { _ in }
  ) throws(SQLiteError) {
    let columnCount = columns.split(separator: ",").count
    let places = Array(repeating: "?", count: columnCount).joined(separator: ", ")
    var insertion = try rebuild.database.prepare(
      "INSERT INTO \(table) (\(columns)) VALUES (\(places)) ON CONFLICT DO NOTHING")
    let database = rebuild.database
    try copy(table, columns, by: order) { row throws(SQLiteError) in
      try check(row)
      try insertion.run((0..<columnCount).map { row.value($0) })
      return database.changedRowCount > 0
    }
  }

  /// Hands all rows of the old table over that can be read; `body` says whether it took one.
  private mutating func copy(
    _ table: String, _ columns: String, by order: String,
    _ body: (borrowing Statement) throws(SQLiteError) -> Bool
  ) throws(SQLiteError) {
    guard let old else { return }
    let backwards = order.split(separator: ",").map { "\($0) DESC" }.joined(separator: ",")
    for order in [order, backwards] {
      // A table that an earlier version did not have, or that the damaged schema no longer names.
      guard var rows = try? old.prepare("SELECT \(columns) FROM \(table) ORDER BY \(order)") else { return }
      while let isRow = try? rows.step() {
        guard isRow else {
          whole.insert(table)
          return
        }
        switch try outcome(of: rows, body) {
        case .taken: rowCount += 1
        case .refused: break
        case .senseless:
          skippedCount += 1
          incomplete.insert(table)
        }
      }
    }
  }

  private enum RowOutcome {
    case taken, refused
    /// It makes no sense, or refers to a row that is lost.
    case senseless
  }

  private func outcome(
    of row: borrowing Statement, _ body: (borrowing Statement) throws(SQLiteError) -> Bool
  ) throws(SQLiteError) -> RowOutcome {
    do throws(SQLiteError) {
      return try body(row) ? .taken : .refused
    } catch {
      switch error {
      case .damaged, .missingParent, .constraint: return .senseless
      case .busy, .moved, .foreign, .otherVersion, .full, .readOnly, .cannotOpen, .failed: throw error
      }
    }
  }
}
