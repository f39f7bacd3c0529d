import FoundationEssentials

/// What the database says before an upload may begin.
struct UploadAccess {
  var byteLimit: Int64?
  /// Empty: every type.
  var mimeTypes: [String]
  /// Whether row-level security does not apply to the caller; nil when there is no such role.
  var isPrivileged: Bool?
  var keyExists: Bool
}

/// What is stored beside the bytes.
struct UploadProperties {
  var mimeType: String
  var cacheControl: String
  var robots: String?
  var userMetadata: JSON?
}

extension StorageService {
  func upload(_ bucket: String, _ key: String, isPut: Bool, _ request: StorageRequest) throws -> HTTPResponse {
    let headers = request.http.headers
    let contentType = headers["content-type"]
    if let contentType { _ = try JSONBody.essence(of: contentType) }
    let caller = try caller(of: request)
    try NameRules.checkBucket(bucket)
    let access = try uploadAccess(bucket, key, caller)
    if let robots = headers["x-robots-tag"], !robots.isEmpty { try RobotsTag.validate(robots) }
    let upload = Upload(
      service: self, caller: caller, bucket: bucket, key: key, access: access,
      isUpsert: isPut || headers["x-upsert"] == "true", byteLimit: uploadLimit(key, access))
    if let contentType, contentType.hasPrefix("multipart/form-data") {
      return try upload.receiveForm(request.http, contentType: contentType)
    }
    return try upload.receive(request.http)
  }

  private func uploadAccess(_ bucket: String, _ key: String, _ caller: StorageCaller) throws -> UploadAccess {
    let row = try database.asSuperuser { connection in
      try connection.query(
        """
        select file_size_limit, to_json(allowed_mime_types)::text, \(StorageDatabase.isPrivileged("$3")),
          exists (select from storage.objects where bucket_id = $1 and name = $2)
        from storage.buckets where id = $1
        """, [PostgresParameter(bucket), PostgresParameter(key), PostgresParameter(caller.role)]
      ).rows.first
    }
    guard let row else { throw StorageError.noSuchBucket }
    var mimeTypes: [String] = []
    if let text = row[1], case .array(let types)? = JSON(parsing: text.utf8) {
      mimeTypes = types.compactMap(\.string)
    }
    return UploadAccess(
      byteLimit: row[0].flatMap { Int64($0) }, mimeTypes: mimeTypes, isPrivileged: row[2].map { $0 == "t" },
      keyExists: row[3] == "t")
  }

  private func uploadLimit(_ key: String, _ access: UploadAccess) -> Int64 {
    if NameRules.isFolderPlaceholder(key) { return 0 }
    let settings = settings
    return min(access.byteLimit ?? .max, settings.byteLimit, settings.standardUploadLimit)
  }
}

/// One upload in one request.
struct Upload {
  let service: StorageService
  let caller: StorageCaller
  let bucket: String
  let key: String
  let access: UploadAccess
  let isUpsert: Bool
  let byteLimit: Int64

  /// A body that is the object.
  func receive(_ request: HTTPRequest) throws -> HTTPResponse {
    let cacheControl = request.headers["cache-control"] ?? ""
    let properties = UploadProperties(
      mimeType: request.headers["content-type"] ?? "application/octet-stream",
      cacheControl: cacheControl.isEmpty ? "no-cache" : cacheControl, robots: request.headers["x-robots-tag"],
      userMetadata: request.headers["x-metadata"].flatMap {
        JSON(parsing: Base64.decodeLeniently($0), loneSurrogates: .replaced)
      })
    try checkMimeType(properties.mimeType)
    // A chunked body has no announced length, and then no limit holds.
    if let length = request.body.contentLength, length > byteLimit { throw StorageError.tooLarge() }
    let metadata = try permit(properties)
    let file = try service.blobs.makeUpload(etags: service.etags)
    while true {
      let bytes = try request.body.read(upTo: 262_144)
      if bytes.isEmpty { break }
      try file.write(bytes)
    }
    return try store(file, properties, userMetadata: metadata)
  }

  func checkMimeType(_ type: String) throws(StorageError) {
    guard !access.mimeTypes.isEmpty, !NameRules.isFolderPlaceholder(key) else { return }
    guard BucketRules.accepts(type, among: access.mimeTypes) else { throw .mimeTypeNotAllowed(type) }
  }

  /// Whether the caller may store the object; from here on a refusal leaves the body unread. Returns the user metadata
  /// as it will be stored.
  func permit(_ properties: UploadProperties) throws -> String {
    do {
      try NameRules.checkKey(key)
      let metadata = try UserMetadata.text(properties.userMetadata)
      if access.isPrivileged == true {
        if !isUpsert, access.keyExists { throw StorageError.keyExists }
      } else {
        try tryAsCaller(metadata)
      }
      try checkPath()
      return metadata
    } catch let error as StorageError {
      throw error.abandoningBody
    } catch let error as PostgresError {
      throw StorageError.database(error).abandoningBody
    }
  }

  /// Writes the row under the caller's role and takes it back.
  private func tryAsCaller(_ metadata: String) throws {
    let parameters = [
      PostgresParameter(bucket), PostgresParameter(key), PostgresParameter(caller.owner),
      PostgresParameter(caller.subject), PostgresParameter(metadata),
    ]
    var sql = """
      insert into storage.objects (bucket_id, name, owner, owner_id, version, user_metadata)
      values ($1, $2, $3::uuid, $4, '1', $5::jsonb)
      """
    if isUpsert {
      sql += """
         on conflict (bucket_id, name) do update set owner = excluded.owner, owner_id = excluded.owner_id,
        version = excluded.version, user_metadata = excluded.user_metadata
        """
    }
    do {
      _ = try service.database.asCaller(caller, keepsChanges: false) { try $0.query(sql, parameters) }
    } catch let error as PostgresError where error.sqlState == "23505" {
      throw StorageError.keyExists
    }
  }

  /// The longest key for which a path of 4096 bytes leaves room.
  private static let keyByteLimit = 4000

  /// What paths of the real server's file back end cannot hold.
  private func checkPath() throws(StorageError) {
    let segments = "\(bucket)/\(key)".split(separator: "/")
    if segments.contains(where: { $0 == "." || $0 == ".." }) {
      let version = UUID().uuidString.lowercased()
      throw .invalidKey("local/local/\(bucket)/\(key)/\(version) contains dot path segment")
    }
    if key.utf8.count > Self.keyByteLimit || segments.contains(where: { $0.utf8.count > 255 }) { throw .internalError }
  }

  /// The last step: bytes and row appear together.
  func store(
    _ file: UploadFile, _ properties: UploadProperties, userMetadata: String
  ) throws -> HTTPResponse {
    let (etag, modified) = file.finish()
    var metadata: [JSON.Member] = [
      .init(name: "eTag", value: .string(etag)), .init(name: "size", value: .number(Double(file.byteCount))),
      .init(name: "mimetype", value: .string(properties.mimeType)),
      .init(name: "cacheControl", value: .string(properties.cacheControl)),
      .init(name: "lastModified", value: .string(modified.iso8601)),
      .init(name: "contentLength", value: .number(Double(file.byteCount))),
      .init(name: "httpStatusCode", value: .number(200)),
    ]
    if let robots = properties.robots, !robots.isEmpty {
      metadata.append(.init(name: "xRobotsTag", value: .string(robots)))
    }
    let parameters = [
      PostgresParameter(bucket), PostgresParameter(key), PostgresParameter(caller.owner),
      PostgresParameter(caller.subject), PostgresParameter(file.version),
      PostgresParameter(JSON.object(metadata).bytes), PostgresParameter(userMetadata),
    ]
    let row = try service.blobs.withLock(bucket, key) {
      let row = try service.database.asSuperuser { try $0.query(Self.insertion, parameters).rows.first ?? [] }
      file.isKept = true
      if let old = row[1] { service.blobs.remove(version: old) }
      return row
    }
    return .json(["Key": .string("\(bucket)/\(key)"), "Id": .optional(row[0])])
  }

  /// The subquery still sees the row as it was before.
  private static let insertion = """
    insert into storage.objects (bucket_id, name, owner, owner_id, version, metadata, user_metadata)
    values ($1, $2, $3::uuid, $4, $5, $6::jsonb, $7::jsonb)
    on conflict (bucket_id, name) do update set owner = excluded.owner, owner_id = excluded.owner_id,
      version = excluded.version, metadata = excluded.metadata, user_metadata = excluded.user_metadata
    returning id, (select version from storage.objects where bucket_id = $1 and name = $2)
    """
}
