/// An object's row, as far as reading it needs.
struct StorageObject {
  /// Columns for `init(_:)`, of a table called `o`.
  static let columns = """
    o.id, o.version, o.metadata ->> 'size', o.metadata ->> 'mimetype', o.metadata ->> 'cacheControl',
    o.metadata ->> 'eTag', o.metadata ->> 'xRobotsTag', o.user_metadata::text,
    \(StorageDatabase.iso8601("o.updated_at")), \(StorageDatabase.iso8601("o.created_at")),
    floor(extract(epoch from o.updated_at))::bigint
    """

  let id: String
  let version: String
  let byteCount: Int64?
  let mimeType: String?
  let cacheControl: String?
  let etag: String?
  let robots: String?
  /// JSON text.
  let userMetadata: String?
  /// ISO 8601.
  let updatedAt: String?
  let createdAt: String?
  let modified: Timestamp

  /// nil when the row was not found.
  init?(_ columns: ArraySlice<String?>) {
    let columns = Array(columns)
    guard let id = columns[0] else { return nil }
    self.id = id
    version = columns[1] ?? ""
    byteCount = columns[2].flatMap { Int64($0) }
    mimeType = columns[3]
    cacheControl = columns[4]
    etag = columns[5]
    robots = columns[6]
    userMetadata = columns[7]
    updatedAt = columns[8]
    createdAt = columns[9]
    modified = Timestamp(seconds: columns[10].flatMap { Int($0) } ?? 0, nanoseconds: 0)
  }
}

extension StorageService {
  /// The object of a route of reading, or the error the caller is to see.
  func find(
    _ access: ReadAccess, _ bucket: String, _ key: String, _ request: StorageRequest
  ) throws -> StorageObject {
    let caller: StorageCaller? =
      switch access {
      case .authenticated: try caller(of: request)
      case .optional: try? authentication.caller(of: request.http)
      case .anyone: nil
      }
    let row = try database.asSuperuser { connection in
      try connection.query(
        """
        select b.public, \(StorageDatabase.isPrivileged("$3")), \(StorageObject.columns)
        from storage.buckets b left join storage.objects o on o.bucket_id = b.id and o.name = $2
        where b.id = $1
        """, [PostgresParameter(bucket), PostgresParameter(key), PostgresParameter(caller?.role)]
      ).rows.first
    }
    guard let row, row[0] == "t" || caller != nil else { throw StorageError.noSuchBucket }
    try NameRules.checkKey(key)
    var object = StorageObject(row[2...])
    if let caller, row[0] != "t", row[1] != "t" { object = try find(bucket, key, as: caller) }
    guard let object else { throw StorageError.noSuchKey }
    return object
  }

  /// The object if row-level security shows it to the caller.
  private func find(_ bucket: String, _ key: String, as caller: StorageCaller) throws -> StorageObject? {
    try database.asCaller(caller) { connection in
      try connection.query(
        "select \(StorageObject.columns) from storage.objects o where o.bucket_id = $1 and o.name = $2",
        [PostgresParameter(bucket), PostgresParameter(key)]
      ).rows.first.flatMap { StorageObject($0[...]) }
    }
  }

  /// Takes an object's bytes away, or puts them back, while its row stays.
  package func setBlobHidden(_ isHidden: Bool, bucket: String, key: String) throws {
    let row = try database.asSuperuser { connection in
      try connection.query(
        "select version from storage.objects where bucket_id = $1 and name = $2",
        [PostgresParameter(bucket), PostgresParameter(key)]
      ).rows.first
    }
    guard let version = row?[0] else { throw StorageError.noSuchKey }
    blobs.setHidden(isHidden, version: version)
  }

  /// Gives the objects whose keys are like a pattern of SQL the bytes that their rows tell of, all zero: for objects whose
  /// rows were made by SQL.
  package func makeBlobs(like pattern: String) throws {
    let rows = try database.asSuperuser { connection in
      try connection.query(
        "select version, metadata ->> 'size' from storage.objects where name like $1 and version is not null",
        [PostgresParameter(pattern)]
      ).rows
    }
    for row in rows {
      guard let version = row[0] else { continue }
      try blobs.make(version: version, byteCount: row[1].flatMap { Int($0) } ?? 0)
    }
  }

  /// Takes the bytes away that were uploaded with this target, as they came through the gateway.
  func loseBytes(uploadedTo target: [UInt8]) {
    guard let target = Gateway.remove("/storage/v1", from: target),
      case .upload(let bucket, let key, _)? = StorageRoute(method: "POST", StorageTarget(target))
    else { return }
    // Whoever removed the object meanwhile took its bytes along.
    try? setBlobHidden(true, bucket: bucket, key: key)
  }
}
