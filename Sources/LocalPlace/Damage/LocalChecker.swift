internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

/// Looks through the local store and changes nothing. What the rows say is kept beside, on disk when it is much.
struct LocalChecker {
  let root: TargetDirectory
  let isQuick: Bool
  let meter: ProgressMeter
  let report: (LocalFinding) -> Void
  var check = LocalCheck()
  /// What objects and files say is there; what was met is struck out.
  let expected: Database

  init(
    _ root: TargetDirectory, quick: Bool, meter: ProgressMeter, report: @escaping (LocalFinding) -> Void
  ) throws {
    self.root = root
    isQuick = quick
    self.meter = meter
    self.report = report
    expected = try Database(
      .temporary,
      schema: Schema(
        applicationID: 1, version: 1,
        creation: """
          CREATE TABLE objects (
            sha256 TEXT NOT NULL, bucket TEXT NOT NULL, key TEXT NOT NULL, size_bytes INTEGER NOT NULL,
            is_purging INTEGER NOT NULL, PRIMARY KEY (sha256, bucket, key)) STRICT, WITHOUT ROWID;
          CREATE TABLE files (
            sha256 TEXT NOT NULL, id TEXT NOT NULL, storage_path TEXT NOT NULL, PRIMARY KEY (sha256, id)
            ) STRICT, WITHOUT ROWID;
          """))
  }

  mutating func run() throws -> LocalCheck {
    check.isThere = true
    try lookAround()
    let blobs = try BlobDirectory(existingIn: root)
    let isReadable = try readDatabase(blobs)
    if let blobs { try compare(blobs, isReadable) }
    if isReadable { try reportMissing() }
    return check
  }

  mutating func note(_ finding: LocalFinding) {
    if finding.isDamage { check.damageCount += 1 } else { check.harmlessCount += 1 }
    report(finding)
  }

  private mutating func lookAround() throws {
    let listing = try root.listing()
    for index in 0..<listing.count {
      let name = listing.name(index)
      if name.bytes.starts(with: ".store-".utf8) {
        note(LocalFinding(.leftover, "\(root.path.appending(name)) was left by a killed process; it can be removed"))
      } else if name.bytes.starts(with: DatabaseFile.oldPrefix.utf8),
        !name.bytes.suffix(8).elementsEqual("-journal".utf8)
      {
        note(LocalFinding(.oldDatabase, "\(root.path.appending(name)) is a database that was replaced"))
      }
    }
  }

  // MARK: The database

  /// Whether its rows can be relied on.
  private mutating func readDatabase(_ blobs: BlobDirectory?) throws -> Bool {
    let file = DatabaseFile(in: root)
    guard try file.exists else {
      if try blobs?.isEmpty ?? true {
        check.isThere = false
      } else {
        note(LocalFinding(.databaseMissing, "there are files and no database \(LocalDatabase.fileName)"))
      }
      return false
    }
    do throws(SQLiteError) {
      let database = try Database(inspecting: file.path.bytes, schema: LocalDatabase.schema)
      for text in try database.contradictions() { note(LocalFinding(.databaseDamaged, "the database: \(text)")) }
      let isSound = check.damageCount == 0
      do throws(SQLiteError) {
        for (table, parent, count) in try database.brokenReferences() {
          note(
            LocalFinding(.referenceBroken, "\(count) rows of \(table) refer to rows of \(parent) that are not there"))
        }
        try collectObjects(database)
        try collectFiles(database)
        return true
      } catch {
        // It was said what is wrong with it.
        if case .damaged = error, !isSound { return false }
        throw error
      }
    } catch {
      guard let finding = LocalFinding(error) else { throw error }
      note(finding)
      return false
    }
  }

  private mutating func collectObjects(_ database: Database) throws(SQLiteError) {
    var insertion = try expected.prepare(
      """
      INSERT INTO objects (bucket, key, sha256, size_bytes, is_purging) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
      """)
    // Of an object that is being deleted the blob goes first. Earlier versions have no trash.
    let isPurging =
      try database.has(table: "trash")
      ? """
      EXISTS (SELECT 1 FROM trash AS t
        WHERE t.bucket = objects.bucket AND t.key = objects.key AND state IN ('purging', 'purged'))
      """ : "0"
    let count = try database.forEachRow(
      of: """
        SELECT bucket, key, sha256, size_bytes, \(isPurging) FROM objects
        WHERE (bucket, key) > (?, ?) ORDER BY bucket, key
        """,
      after: [.text(""), .text("")]
    ) { row throws(SQLiteError) in
      let values = (0..<5).map { row.value($0) }
      try insertion.run(values)
      return Array(values[..<2])
    }
    check.objectCount = count
  }

  private mutating func collectFiles(_ database: Database) throws(SQLiteError) {
    var insertion = try expected.prepare(
      "INSERT INTO files (id, storage_path, sha256) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
    var object = try database.prepare("SELECT sha256, size_bytes FROM objects WHERE bucket = ? AND key = ?")
    var findings: [LocalFinding] = []
    check.fileCount = try database.forEachRow(
      of: "SELECT \(LocalDatabase.fileColumns) FROM files WHERE id > ? ORDER BY id", after: [.text("")]
    ) { row throws(SQLiteError) in
      let file = try FileRow(row)
      try object.bind([.text(file.bucket), .text(file.storagePath)])
      if try object.step() {
        try insertion.run([.text(file.id.description), .text(file.storagePath), object.value(0)])
        if let sha256 = object.value(0).text.flatMap({ SHA256Digest(hex: $0) }),
          !file.isOf(sha256, byteCount: object.integer(1))
        {
          findings.append(
            LocalFinding(
              .rowContradicted, "the row of file \(file.id) tells another content than its object \(file.storagePath)",
              sha256: sha256, bucket: file.bucket, storagePath: file.storagePath))
        }
      } else {
        findings.append(
          LocalFinding(
            .objectMissing, "file \(file.id) has no object \(file.storagePath)", bucket: file.bucket,
            storagePath: file.storagePath))
      }
      object.reset()
      return [.text(file.id.description)]
    }
    for finding in findings { note(finding) }
  }
}

extension Database {
  func has(table: String) throws(SQLiteError) -> Bool {
    var statement = try prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?")
    try statement.bind([.text(table)])
    return try statement.step()
  }

  /// Hands over all rows of a query whose first values, those after which a page begins, `body` returns. Readers and
  /// writers get their turn between pages.
  /// - Returns: how many rows there are.
  fileprivate func forEachRow(
    of sql: String, after start: [SQLiteValue], _ body: (borrowing Statement) throws(SQLiteError) -> [SQLiteValue]
  ) throws(SQLiteError) -> Int {
    let limit = 1000
    var statement = try prepare("\(sql) LIMIT \(limit)")
    var (count, pageCount, last) = (0, limit, start)
    while pageCount == limit {
      pageCount = 0
      try statement.bind(last)
      while try statement.step() {
        last = try body(statement)
        pageCount += 1
      }
      statement.reset()
      count += pageCount
    }
    return count
  }
}
