internal import StorageFiles
internal import StorageModel
internal import StorageSQLite

/// What was listed of objects, rows and sources, joined by bucket and key in their bytewise order: in a private database
/// that lives on disk when it grows and ends with the check, so memory stays the same for any number of files. The orders
/// in which the services list, which are not the same, do not matter.
actor CheckIndex {
  private static let schema = Schema(
    applicationID: 0x7375_7076, version: 1,
    creation: """
      CREATE TABLE objects (
        bucket TEXT NOT NULL, key TEXT NOT NULL, size_bytes INTEGER, etag TEXT, modified_at INTEGER,
        PRIMARY KEY (bucket, key)) STRICT, WITHOUT ROWID;
      CREATE TABLE files (
        bucket TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, size_bytes INTEGER, sha256 TEXT,
        is_read INTEGER NOT NULL, is_told INTEGER NOT NULL DEFAULT 0, continuation_id TEXT, relative_path TEXT,
        PRIMARY KEY (bucket, key)) STRICT, WITHOUT ROWID;
      CREATE TABLE sources (
        bucket TEXT NOT NULL, key TEXT NOT NULL, sha256 TEXT NOT NULL, path BLOB NOT NULL, file TEXT NOT NULL,
        PRIMARY KEY (bucket, key)) STRICT, WITHOUT ROWID;
      CREATE INDEX sources_sha256 ON sources (sha256);
      """)

  /// A row with what was listed of its object.
  struct Pair: Sendable {
    var place: ObjectAddress
    var id: FileID
    var byteCount: Int64?
    var sha256: String?
    var object: StoredObject?
    /// Whether the object's content is to be read.
    var isRead: Bool
    /// Whether it was told already what is wrong with it.
    var isTold: Bool
  }

  private let executor = BlockingExecutor(label: "supastore.check")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }
  private let database: Database

  init() throws(StorageError) {
    do throws(SQLiteError) {
      database = try Database(.temporary, schema: Self.schema)
    } catch {
      throw StorageError(checkIndex: error)
    }
  }

  // MARK: Filling

  func note(_ objects: [StoredObject], in bucket: String) throws(StorageError) {
    try insert("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)", objects) { object in
      [
        .text(bucket), .text(object.key), SQLiteValue(object.byteCount), SQLiteValue(object.etag),
        SQLiteValue(object.modifiedAt?.microseconds),
      ]
    }
  }

  /// - Parameter isRead: whether the content of a file is to be read.
  func note(_ files: [FileRow], reading isRead: @Sendable (FileID) -> Bool) throws(StorageError) {
    try insert(
      """
      INSERT OR REPLACE INTO files (bucket, key, id, size_bytes, sha256, is_read, continuation_id, relative_path)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """, files
    ) { file in
      [
        .text(file.bucket), .text(file.storagePath), .text(file.id.description), SQLiteValue(file.byteCount),
        SQLiteValue(file.metadata.sha256), .integer(isRead(file.id) ? 1 : 0), SQLiteValue(file.metadata.continuationID),
        SQLiteValue(file.metadata.relativePath),
      ]
    }
  }

  /// Rows can be found by what their sources are called from now on.
  func indexNames() throws(StorageError) {
    try converting { () throws(SQLiteError) in
      try database.execute("CREATE INDEX IF NOT EXISTS names ON files (continuation_id, relative_path)")
    }
  }

  func note(_ sources: [CheckedSource]) throws(StorageError) {
    try insert("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?)", sources) { source in
      [
        .text(source.row.bucket), .text(source.row.storagePath), SQLiteValue(source.row.metadata.sha256),
        .blob(source.path.bytes), .text(source.row.text),
      ]
    }
  }

  private func insert<Element>(
    _ sql: String, _ elements: [Element], _ values: (Element) -> [SQLiteValue]
  ) throws(StorageError) {
    try converting { () throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        var insertion = try database.prepare(sql)
        for element in elements { try insertion.run(values(element)) }
      }
    }
  }

  /// What is wrong with a row was told: nobody else needs to look at it.
  func noteTold(_ place: ObjectAddress) throws(StorageError) {
    _ = try rows("UPDATE files SET is_told = 1 WHERE bucket = ? AND key = ?", place) { _ in () }
  }

  // MARK: Asking

  /// How many contents are to be read, and their bytes as far as they are known.
  func readTotal() throws(StorageError) -> (count: Int, byteCount: Int64) {
    try converting { () throws(SQLiteError) in
      var sum = try database.prepare(
        """
        SELECT count(*), coalesce(sum(o.size_bytes), 0) FROM files f JOIN objects o USING (bucket, key) WHERE f.is_read
        """)
      _ = try sum.step()
      return (Int(sum.integer(0)), sum.integer(1))
    }
  }

  /// The next rows, those after a place.
  func pairs(after place: ObjectAddress?, limit: Int) throws(StorageError) -> [Pair] {
    try rows(
      "\(Self.pairSelection) WHERE (f.bucket, f.key) > (?, ?) ORDER BY f.bucket, f.key LIMIT \(limit)", place, Self.pair
    )
  }

  /// The row on a place.
  func pair(at place: ObjectAddress) throws(StorageError) -> Pair? {
    try rows("\(Self.pairSelection) WHERE (f.bucket, f.key) = (?, ?)", place, Self.pair).first
  }

  /// The next objects that no row describes, those after a place.
  func strays(after place: ObjectAddress?, limit: Int) throws(StorageError) -> [(bucket: String, object: StoredObject)]
  {
    try rows(
      """
      SELECT o.bucket, o.key, o.size_bytes, o.etag, o.modified_at FROM objects o
      WHERE (o.bucket, o.key) > (?, ?) AND NOT EXISTS (SELECT 1 FROM files f WHERE f.bucket = o.bucket AND f.key = o.key)
      ORDER BY o.bucket, o.key LIMIT \(limit)
      """, place
    ) { row throws(SQLiteError) in
      let modifiedAt = row.value(4).integer.flatMap { Timestamp(microseconds: $0) }
      return (
        try row.text(0),
        StoredObject(
          key: try row.text(1), byteCount: row.value(2).integer, etag: row.value(3).text, modifiedAt: modifiedAt)
      )
    }
  }

  func object(at place: ObjectAddress) throws(StorageError) -> StoredObject? {
    try rows("SELECT size_bytes, etag FROM objects WHERE bucket = ? AND key = ?", place) { row in
      StoredObject(key: place.key, byteCount: row.value(0).integer, etag: row.value(1).text)
    }.first
  }

  /// Whether a file of that name was stored in the bucket for that conversation, whatever its content.
  func holdsFile(named relativePath: String, of continuationID: String?, in bucket: String) throws(StorageError) -> Bool
  {
    try converting { () throws(SQLiteError) in
      var question = try database.prepare(
        "SELECT 1 FROM files WHERE continuation_id IS ? AND relative_path = ? AND bucket = ? LIMIT 1")
      try question.bind([SQLiteValue(continuationID), .text(relativePath), .text(bucket)])
      return try question.step()
    }
  }

  /// The row that a source gives to its place.
  func source(at place: ObjectAddress) throws(StorageError) -> FileRow? {
    try rows("SELECT file FROM sources WHERE bucket = ? AND key = ?", place) { row throws(SQLiteError) in
      FileRow(text: try row.text(0))
    }.first ?? nil
  }

  /// Where sources with that content lie.
  func sources(of sha256: String) throws(StorageError) -> [LocalPath] {
    try converting { () throws(SQLiteError) in
      var question = try database.prepare("SELECT path FROM sources WHERE sha256 = ? ORDER BY key LIMIT 20")
      try question.bind([.text(sha256)])
      var paths: [LocalPath] = []
      while try question.step() { if let bytes = question.value(0).blob { paths.append(LocalPath(checked: bytes)) } }
      return paths
    }
  }

  /// What `pair` reads.
  private static let pairSelection = """
    SELECT f.bucket, f.key, f.id, f.size_bytes, f.sha256, f.is_read, f.is_told, o.key, o.size_bytes, o.etag, o.modified_at
    FROM files f LEFT JOIN objects o USING (bucket, key)
    """

  private static func pair(_ row: borrowing Statement) throws(SQLiteError) -> Pair {
    let place = ObjectAddress(bucket: try row.text(0), key: try row.text(1))
    guard let id = FileID(try row.text(2)) else { throw .damaged("an id that is none") }
    let hasObject = row.value(7) != .null
    return Pair(
      place: place, id: id, byteCount: row.value(3).integer, sha256: row.value(4).text,
      object: hasObject
        ? StoredObject(
          key: place.key, byteCount: row.value(8).integer, etag: row.value(9).text,
          modifiedAt: row.value(10).integer.flatMap { Timestamp(microseconds: $0) }) : nil,
      isRead: row.integer(5) != 0, isTold: row.integer(6) != 0)
  }

  /// The rows of a question about a place, or about what comes after it; nil is the beginning.
  private func rows<Element>(
    _ sql: String, _ place: ObjectAddress?, _ read: (borrowing Statement) throws(SQLiteError) -> Element
  ) throws(StorageError) -> [Element] {
    try converting { () throws(SQLiteError) in
      var question = try database.prepare(sql)
      try question.bind([.text(place?.bucket ?? ""), .text(place?.key ?? "")])
      var elements: [Element] = []
      while try question.step() { elements.append(try read(question)) }
      return elements
    }
  }

  private func converting<Value>(_ body: () throws(SQLiteError) -> Value) throws(StorageError) -> Value {
    do throws(SQLiteError) {
      return try body()
    } catch {
      throw StorageError(checkIndex: error)
    }
  }
}

extension SQLiteValue {
  fileprivate init(_ number: Int64?) {
    self = number.map { .integer($0) } ?? .null
  }
}

extension StorageError {
  fileprivate init(checkIndex error: SQLiteError) {
    self.init(
      .unwritable, "the temporary list of what is compared failed: \(error)",
      hint: "make room in TMPDIR or point it to a disk with room")
  }
}
