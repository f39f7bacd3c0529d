internal import FoundationEssentials
package import StorageDigests
internal import StorageModel
package import StorageSQLite

/// An object's row: which blob lies under its key.
package struct LocalObject: Sendable {
  var bucket: String
  var key: String
  package var sha256: SHA256Digest
  package var byteCount: Int64
  /// The MD5 of the content, as the file back end of Supabase has it.
  var etag: String
  var version = UUID().uuidString.lowercased()
  var writtenAt = Timestamp.now.columnText

  /// - Parameter modifiedAt: of its blob.
  func description(modifiedAt: Timestamp?) -> StoredObject {
    StoredObject(
      key: key, byteCount: byteCount, etag: etag, version: version, modifiedAt: modifiedAt,
      marker: ObjectMarker(id: nil, sha256: sha256.hex))
  }
}

extension LocalDatabase {
  static let objectColumns = "bucket, key, sha256, size_bytes, etag, version, written_at"

  func bucket(_ name: String) throws(SQLiteError) -> StoredBucket? {
    try rows("SELECT is_public, byte_limit FROM buckets WHERE name = ?", [.text(name)]) { row in
      StoredBucket(name: name, isPublic: row.integer(0) != 0, byteLimit: row.value(1).integer)
    }.first
  }

  func insert(_ bucket: StoredBucket) throws(SQLiteError) {
    var insertion = try database.prepare(
      "INSERT INTO buckets (name, is_public, byte_limit) VALUES (?, ?, ?) ON CONFLICT DO NOTHING")
    try insertion.run([
      .text(bucket.name), .integer(bucket.isPublic ? 1 : 0), bucket.byteLimit.map { .integer($0) } ?? .null,
    ])
  }

  package func object(_ key: String, in bucket: String) throws(SQLiteError) -> LocalObject? {
    try rows(
      "SELECT \(Self.objectColumns) FROM objects WHERE bucket = ? AND key = ?", [.text(bucket), .text(key)]
    ) { row throws(SQLiteError) in try LocalObject(row) }.first
  }

  /// Up to `limit` objects in the order of their keys.
  func objects(
    in bucket: String, prefix: String, after key: String?, limit: Int
  ) throws(SQLiteError) -> [LocalObject] {
    var conditions = LocalConditions()
    conditions.add("bucket = ?", .text(bucket))
    conditions.add("key", beginsWith: prefix)
    if let key { conditions.add("key > ?", .text(key)) }
    return try rows(
      "SELECT \(Self.objectColumns) FROM objects\(conditions.clause) ORDER BY key LIMIT ?",
      conditions.values + [.integer(Int64(limit))]
    ) { row throws(SQLiteError) in try LocalObject(row) }
  }

  /// Whether an object other than these has this content.
  func isReferred(_ digest: SHA256Digest, beside keys: some Collection<ObjectAddress>) throws(SQLiteError) -> Bool {
    let objects = Set(keys)
    return try rows("SELECT bucket, key FROM objects WHERE sha256 = ?", [.text(digest.hex)]) {
      row throws(SQLiteError) in ObjectAddress(bucket: try row.text(0), key: try row.text(1))
    }.contains { !objects.contains($0) }
  }

  func removeObject(at address: ObjectAddress) throws(SQLiteError) {
    var deletion = try database.prepare("DELETE FROM objects WHERE bucket = ? AND key = ?")
    try deletion.run([.text(address.bucket), .text(address.key)])
  }

  /// Puts an object under its key, in place of what may lie there.
  func put(_ object: LocalObject) throws(SQLiteError) {
    var insertion = try database.prepare(
      "INSERT OR REPLACE INTO objects (\(Self.objectColumns)) VALUES (?, ?, ?, ?, ?, ?, ?)")
    try insertion.run([
      .text(object.bucket), .text(object.key), .text(object.sha256.hex), .integer(object.byteCount),
      .text(object.etag), .text(object.version), .text(object.writtenAt),
    ])
  }
}

extension LocalObject {
  /// The object of a file, from what its blob was found to be.
  init(keptFor file: FileRow, sha256: String, byteCount: Int64, etag: String) throws(SQLiteError) {
    guard let sha256 = SHA256Digest(hex: sha256) else { throw .damaged("a digest that is none") }
    self.init(bucket: file.bucket, key: file.storagePath, sha256: sha256, byteCount: byteCount, etag: etag)
  }

  init(_ row: borrowing Statement) throws(SQLiteError) {
    guard let sha256 = SHA256Digest(hex: try row.text(2)) else { throw .damaged("a digest that is none") }
    self.init(
      bucket: try row.text(0), key: try row.text(1), sha256: sha256, byteCount: row.integer(3), etag: try row.text(4),
      version: try row.text(5), writtenAt: try row.text(6))
  }
}
