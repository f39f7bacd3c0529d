internal import Digests
internal import SQLite

/// What a look through the local store came to.
public struct LocalCheck: Sendable, Equatable {
  /// False when there is no local store.
  public var isThere = false
  /// Rows; nil when the database cannot be read.
  public var objectCount: Int?
  public var fileCount: Int?
  public var blobCount = 0
  /// Of all blobs.
  public var byteCount: Int64 = 0
  /// Blobs that no row names; nil when the database cannot be read.
  public var unnamedCount: Int?
  public var damageCount = 0
  public var harmlessCount = 0

  public init() {}
}

/// Looks through the local store and changes nothing. What the rows say is kept beside, on disk when it is much.
struct LocalChecker {
  let root: TargetDirectory
  let isQuick: Bool
  let meter: ProgressMeter
  let report: (LocalFinding) -> Void
  private var check = LocalCheck()
  private let expected: Database

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
            PRIMARY KEY (sha256, bucket, key)) STRICT, WITHOUT ROWID;
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

  private mutating func note(_ finding: LocalFinding) {
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
      "INSERT INTO objects (bucket, key, sha256, size_bytes) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
    let count = try database.forEachRow(
      of: "SELECT bucket, key, sha256, size_bytes FROM objects WHERE (bucket, key) > (?, ?) ORDER BY bucket, key",
      after: [.text(""), .text("")]
    ) { row throws(SQLiteError) in
      let values = (0..<4).map { row.value($0) }
      try insertion.run(values)
      return Array(values[..<2])
    }
    check.objectCount = count
  }

  private mutating func collectFiles(_ database: Database) throws(SQLiteError) {
    var insertion = try expected.prepare(
      "INSERT INTO files (id, storage_path, sha256) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
    var object = try database.prepare("SELECT sha256 FROM objects WHERE bucket = ? AND key = ?")
    var widows: [LocalFinding] = []
    check.fileCount = try database.forEachRow(
      of: "SELECT \(LocalDatabase.fileColumns) FROM files WHERE id > ? ORDER BY id", after: [.text("")]
    ) { row throws(SQLiteError) in
      let file = try FileRow(row)
      try object.bind([.text(file.bucket), .text(file.storagePath)])
      if try object.step() {
        try insertion.run([.text(file.id.description), .text(file.storagePath), object.value(0)])
      } else {
        widows.append(
          LocalFinding(
            .objectMissing, "file \(file.id) has no object \(file.storagePath)", bucket: file.bucket,
            storagePath: file.storagePath))
      }
      object.reset()
      return [.text(file.id.description)]
    }
    for finding in widows { note(finding) }
  }

  // MARK: Contents

  private mutating func compare(_ blobs: BlobDirectory, _ isReadable: Bool) throws {
    (check.blobCount, check.byteCount) = try total(of: blobs)
    if !isQuick { meter.expect(fileCount: check.blobCount, byteCount: check.byteCount) }
    var found = try expected.prepare("DELETE FROM objects WHERE sha256 = ?")
    var unnamedCount = 0
    var findings: [LocalFinding] = []
    var checker = self
    try blobs.forEachEntry(
      { entry in
        if let byteCount = entry.byteCount {
          let (isNamed, flaw) = try length(byteCount, of: entry)
          if !isNamed { unnamedCount += 1 }
          // With the rows known, what none of them names is nobody's.
          let isRead = !isQuick && (isNamed || !isReadable)
          if let finding = try flaw ?? (isRead ? content(of: entry) : nil) { findings.append(finding) }
          try found.run([.text(entry.digest.hex)])
        }
        if let finding = try sidecar(of: entry) { findings.append(finding) }
        for finding in findings { checker.note(finding) }
        findings = []
      },
      others: {
        checker.note(LocalFinding(.leftover, "\($0) was left by a killed process; it can be removed"))
      })
    self = checker
    guard isReadable else { return }
    check.unnamedCount = unnamedCount
    if unnamedCount > 0 { note(LocalFinding(.blobsUnnamed, "no row names \(unnamedCount) blobs")) }
  }

  private func total(of blobs: BlobDirectory) throws -> (count: Int, byteCount: Int64) {
    var (count, byteCount) = (0, Int64(0))
    try blobs.forEachEntry(
      { entry in
        guard let bytes = entry.byteCount else { return }
        count += 1
        byteCount += bytes
      }, others: { _ in })
    return (count, byteCount)
  }

  /// Whether an object names the blob, and what is wrong with its length.
  private func length(
    _ byteCount: Int64, of entry: BlobEntry
  ) throws(SQLiteError) -> (isNamed: Bool, flaw: LocalFinding?) {
    var objects = try expected.prepare(
      "SELECT bucket, key, size_bytes FROM objects WHERE sha256 = ? ORDER BY size_bytes = ? LIMIT 1")
    try objects.bind([.text(entry.digest.hex), .integer(byteCount)])
    guard try objects.step() else { return (false, nil) }
    let size = objects.integer(2)
    if size == byteCount { return (true, nil) }
    let flaw = LocalFinding(
      .blobLength, "blob \(entry.digest.hex) has \(byteCount) bytes, its object \(size)", sha256: entry.digest,
      bucket: objects.value(0).text, storagePath: objects.value(1).text)
    return (true, flaw)
  }

  /// What is wrong with a blob's bytes.
  private func content(of entry: BlobEntry) throws -> LocalFinding? {
    do {
      return try entry.digests(meter)?.sha256 == entry.digest ? nil : .blobContent(entry.digest)
    } catch let error as FileError {
      return LocalFinding(.blobUnreadable, "\(error)", sha256: entry.digest)
    }
  }

  /// Strikes the files out that have their lines, and says what is wrong with the sidecar.
  private func sidecar(of entry: BlobEntry) throws -> LocalFinding? {
    var noted = try expected.prepare("DELETE FROM files WHERE sha256 = ? AND id = ?")
    do {
      let count = try entry.forEachLine { line in
        try noted.run([.text(entry.digest.hex), .text(line.file.id.description)])
      }
      if count == 0 { return nil }
      return LocalFinding(
        .sidecarLineUnreadable, "\(count) lines beside blob \(entry.digest.hex) cannot be read", sha256: entry.digest)
    } catch let error as FileError {
      return LocalFinding(.sidecarLineUnreadable, "\(error)", sha256: entry.digest)
    }
  }

  /// What the rows name and was not met on the disk.
  private mutating func reportMissing() throws(SQLiteError) {
    var objects = try expected.prepare("SELECT sha256, bucket, key FROM objects ORDER BY sha256, bucket, key")
    while try objects.step() {
      let (digest, key) = (objects.value(0).text ?? "", objects.value(2).text ?? "")
      note(
        LocalFinding(
          .blobMissing, "blob \(digest) of object \(key) is missing", sha256: SHA256Digest(hex: digest),
          bucket: objects.value(1).text, storagePath: key))
    }
    var files = try expected.prepare("SELECT sha256, id, storage_path FROM files ORDER BY sha256, id")
    while try files.step() {
      let digest = files.value(0).text ?? ""
      note(
        LocalFinding(
          .sidecarLineMissing, "file \(files.value(1).text ?? "") has no line beside blob \(digest)",
          sha256: SHA256Digest(hex: digest), storagePath: files.value(2).text))
    }
  }
}

extension LocalFinding {
  static func blobContent(_ digest: SHA256Digest) -> LocalFinding {
    LocalFinding(.blobContent, "blob \(digest.hex) holds other bytes than its name says", sha256: digest)
  }
}

extension Database {
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
