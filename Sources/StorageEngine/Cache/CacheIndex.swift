internal import StorageDigests
internal import StorageModel
internal import StorageSQLite

/// The cache's table of contents: which blobs there are, when they were last wanted, and the rows that lead to them.
///
/// One connection, owned by one actor; it blocks, but not for long.
final class CacheIndex {
  /// "SUPC". Its durability is given up for speed: what a crash leaves damaged is made anew from the blobs.
  private static let schema = Schema(
    applicationID: 0x5355_5043, version: 1,
    creation: """
      CREATE TABLE blob (sha256 BLOB PRIMARY KEY, byte_count INTEGER NOT NULL, used INTEGER NOT NULL)
        STRICT, WITHOUT ROWID;
      CREATE INDEX blob_used ON blob (used);
      CREATE TABLE file (
        project TEXT NOT NULL, id TEXT NOT NULL, storage_path TEXT NOT NULL, bucket TEXT NOT NULL,
        original_name TEXT NOT NULL, original_name_base64 TEXT, file_type TEXT NOT NULL,
        sha256 BLOB NOT NULL REFERENCES blob ON DELETE CASCADE, PRIMARY KEY (project, id)) STRICT, WITHOUT ROWID;
      CREATE UNIQUE INDEX file_storage_path ON file (project, storage_path);
      CREATE INDEX file_sha256 ON file (sha256)
      """)

  struct Blob {
    var sha256: SHA256Digest
    var byteCount: Int64
  }

  private let database: Database

  init(at path: LocalPath) throws(SQLiteError) {
    database = try Database(.file(path.bytes), schema: Self.schema, busyTimeout: .seconds(2))
    try database.execute("PRAGMA synchronous=OFF")
  }

  func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
    try database.transaction(body)
  }

  // MARK: Files

  /// The row of a file whose content is here.
  func file(_ reference: FileReference, of project: String) throws(SQLiteError) -> FileRow? {
    let (column, value) =
      switch reference {
      case .id(let id): ("id", id.description)
      case .storagePath(let path): ("storage_path", path)
      }
    var selection = try database.prepare(
      """
      SELECT id, storage_path, bucket, original_name, original_name_base64, file_type, sha256, byte_count
      FROM file JOIN blob USING (sha256) WHERE project = ? AND \(column) = ?
      """)
    try selection.bind([.text(project), .text(value)])
    guard try selection.step(), let id = selection.value(0).text.flatMap(FileID.init),
      let path = selection.value(1).text, let name = selection.value(3).text,
      let type = selection.value(5).text.flatMap(FileType.init(rawValue:)),
      let digest = selection.value(6).blob.flatMap(SHA256Digest.init(bytes:))
    else { return nil }
    return FileRow(
      id: id, storagePath: path, originalName: name, mediaType: nil,
      byteCount: selection.integer(7), type: type,
      metadata: FileMetadata(
        sha256: digest.hex, bucket: selection.value(2).text, originalNameBase64: selection.value(4).text))
  }

  /// Remembers that `row` leads to a blob that is here.
  func note(_ row: FileRow, of project: String, holding digest: SHA256Digest) throws(SQLiteError) {
    var insertion = try database.prepare(
      """
      INSERT OR REPLACE INTO file (project, id, storage_path, bucket, original_name, original_name_base64, file_type,
        sha256) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      """)
    try insertion.run([
      .text(project), .text(row.id.description), .text(row.storagePath), .text(row.bucket), .text(row.originalName),
      row.metadata.originalNameBase64.map { .text($0) } ?? .null, .text(row.type.rawValue), .blob(digest.bytes),
    ])
  }

  // MARK: Blobs

  /// Notes that a blob was wanted just now. Writes nothing when it was the last one before, too.
  func touch(_ digest: SHA256Digest) throws(SQLiteError) {
    var selection = try database.prepare("SELECT used < (SELECT max(used) FROM blob) FROM blob WHERE sha256 = ?")
    try selection.bind([.blob(digest.bytes)])
    guard try selection.step(), selection.integer(0) != 0 else { return }
    selection.reset()
    var update = try database.prepare("UPDATE blob SET used = (SELECT max(used) + 1 FROM blob) WHERE sha256 = ?")
    try update.run([.blob(digest.bytes)])
  }

  /// A blob that is there becomes the one used last.
  func insert(_ blob: Blob) throws(SQLiteError) {
    var insertion = try database.prepare(
      """
      INSERT INTO blob (sha256, byte_count, used) VALUES (?, ?, (SELECT ifnull(max(used), 0) + 1 FROM blob))
      ON CONFLICT DO UPDATE SET used = excluded.used
      """)
    try insertion.run([.blob(blob.sha256.bytes), .integer(blob.byteCount)])
  }

  func holds(_ digest: SHA256Digest) throws(SQLiteError) -> Bool {
    var selection = try database.prepare("SELECT 1 FROM blob WHERE sha256 = ?")
    try selection.bind([.blob(digest.bytes)])
    return try selection.step()
  }

  func remove(_ digest: SHA256Digest) throws(SQLiteError) {
    var deletion = try database.prepare("DELETE FROM blob WHERE sha256 = ?")
    try deletion.run([.blob(digest.bytes)])
  }

  /// The blob that nobody has wanted for the longest time.
  func leastRecentlyUsed() throws(SQLiteError) -> Blob? {
    var selection = try database.prepare("SELECT sha256, byte_count FROM blob ORDER BY used LIMIT 1")
    guard try selection.step(), let digest = selection.value(0).blob.flatMap(SHA256Digest.init(bytes:)) else {
      return nil
    }
    return Blob(sha256: digest, byteCount: selection.integer(1))
  }

  func totals() throws(SQLiteError) -> (count: Int, byteCount: Int64) {
    var selection = try database.prepare("SELECT count(*), ifnull(sum(byte_count), 0) FROM blob")
    guard try selection.step() else { return (0, 0) }
    return (Int(selection.integer(0)), selection.integer(1))
  }

  func removeAll() throws(SQLiteError) {
    try database.execute("DELETE FROM blob")
  }
}

extension SQLiteError {
  /// Whether a new index in place of this one helps.
  var isCuredByAnew: Bool {
    switch self {
    case .damaged, .foreign, .otherVersion: true
    case .busy, .moved, .missingParent, .constraint, .full, .readOnly, .cannotOpen, .failed: false
    }
  }
}
