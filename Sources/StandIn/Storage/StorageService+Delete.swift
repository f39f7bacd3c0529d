extension StorageService {
  /// Objects deleted in one transaction.
  private static let batchCount = 500
  /// Objects deleted in one request where hard limits are on.
  private static let hardLimit = 1000

  func delete(_ bucket: String, _ key: String, _ request: StorageRequest) throws -> HTTPResponse {
    _ = try JSONBody.json(of: request.http)
    let caller = try caller(of: request)
    try NameRules.checkBucket(bucket)
    let parameters = [PostgresParameter(bucket), PostgresParameter(key)]
    let isDeleted = try blobs.withLock(bucket, key) {
      try database.asCaller(caller) { connection in
        let rows = try connection.query(
          "delete from storage.objects where bucket_id = $1 and name = $2 returning version", parameters
        ).rows
        for row in rows { blobs.remove(version: row[0] ?? "") }
        return !rows.isEmpty
      }
    }
    if isDeleted { return .message("Successfully deleted") }
    let exists = try database.asSuperuser { connection in
      try connection.query("select from storage.objects where bucket_id = $1 and name = $2", parameters).affected > 0
    }
    throw exists ? StorageError.accessDenied("Access denied") : StorageError.noSuchKey
  }

  /// Keys that are absent, invalid or out of the caller's reach are passed over.
  func deleteMany(_ bucket: String, _ request: StorageRequest) throws -> HTTPResponse {
    let body = try request.body(.bulkDeletion)
    let caller = try caller(of: request)
    try NameRules.checkBucket(bucket)
    guard case .array(let elements) = body["prefixes"] else { return .json(.array([])) }
    let keys = elements.compactMap(\.string)
    if settings.hasHardLimits, keys.count > Self.hardLimit {
      throw StorageError.invalidRequest(
        "Bulk object requests are limited to \(Self.hardLimit) objects per request.")
    }
    var deleted: [JSON] = []
    for start in stride(from: 0, to: keys.count, by: Self.batchCount) {
      deleted += try delete(Array(keys[start..<min(start + Self.batchCount, keys.count)]), of: bucket, as: caller)
    }
    return .json(.array(deleted))
  }

  private func delete(_ keys: [String], of bucket: String, as caller: StorageCaller) throws -> [JSON] {
    try database.asCaller(caller) { connection in
      let rows = try connection.query(
        """
        with deleted as (
          delete from storage.objects where bucket_id = $1 and name = any ($2::text[]) returning *
        )
        select name, bucket_id, owner::text, owner_id, version, id, \(StorageDatabase.iso8601("updated_at")),
          \(StorageDatabase.iso8601("created_at")), \(StorageDatabase.iso8601("last_accessed_at")), metadata::text,
          user_metadata::text
        from deleted order by array_position($2::text[], name)
        """, [PostgresParameter(bucket), StorageDatabase.array(keys)]
      ).rows
      for row in rows { blobs.remove(version: row[4] ?? "") }
      return rows.map(Self.deletedRow)
    }
  }

  /// A deleted row as it is told; an owner that is null is the empty string.
  private static func deletedRow(_ row: [String?]) -> JSON {
    [
      "name": .optional(row[0]), "bucket_id": .optional(row[1]), "owner": .string(row[2] ?? ""),
      "owner_id": .string(row[3] ?? ""), "version": .optional(row[4]), "id": .optional(row[5]),
      "updated_at": .optional(row[6]), "created_at": .optional(row[7]), "last_accessed_at": .optional(row[8]),
      "metadata": row[9].map(JSON.text) ?? .null, "user_metadata": row[10].map(JSON.text) ?? .null,
    ]
  }
}
