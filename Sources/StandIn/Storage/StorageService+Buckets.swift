extension StorageService {
  func listBuckets(_ request: StorageRequest) throws -> HTTPResponse {
    let query = try request.query(.bucketList)
    let caller = try caller(of: request)
    var sql = "\(BucketRow.selection) where position(lower($1) in lower(name)) > 0"
    if let column = query["sortColumn"]?.string {
      sql += " order by \(column) \(query["sortOrder"]?.string ?? "asc")"
    }
    if let limit = query["limit"]?.integer { sql += " limit \(limit)" }
    if let offset = query["offset"]?.integer { sql += " offset \(offset)" }
    let parameters = [PostgresParameter(query["search"]?.string ?? "")]
    let rows = try database.asCaller(caller) { try $0.query(sql, parameters).rows }
    let showsType = !ClientVersion.predatesTypes(request.http.headers)
    return .json(.array(rows.map { BucketRow($0).json(showsType: showsType) }))
  }

  func getBucket(_ id: String, _ request: StorageRequest) throws -> HTTPResponse {
    let caller = try caller(of: request)
    let sql = "\(BucketRow.selection) where id = $1"
    let rows = try database.asCaller(caller) { try $0.query(sql, [PostgresParameter(id)]).rows }
    guard let row = rows.first else { throw StorageError.noSuchBucket }
    return .json(BucketRow(row).json(showsType: false))
  }

  func createBucket(_ request: StorageRequest) throws -> HTTPResponse {
    let body = try request.body(.bucketCreation)
    let caller = try caller(of: request)
    let name = body["name"]?.string ?? ""
    guard NameRules.isNewBucket(name) else { throw StorageError.invalidBucketName }
    let rules = try BucketRules(body, limit: settings.byteLimit)
    // With analytics switched off such a bucket is acknowledged, but nobody will ever see it.
    if body["type"]?.string == "ANALYTICS" { return .json(["name": .string(name)]) }
    let parameters = [
      PostgresParameter(body["id"]?.string ?? name), PostgresParameter(name), PostgresParameter(caller.owner),
      PostgresParameter(caller.subject), PostgresParameter(body["public"] == .bool(true) ? "true" : "false"),
      rules.byteLimit ?? PostgresParameter(nil as String?), rules.mimeTypes ?? PostgresParameter(nil as String?),
    ]
    do {
      _ = try database.asCaller(caller) { connection in
        try connection.query(
          """
          insert into storage.buckets (id, name, owner, owner_id, public, file_size_limit, allowed_mime_types)
          values ($1, $2, $3::uuid, $4, $5::boolean, $6::bigint, $7::text[])
          """, parameters)
      }
    } catch let error as PostgresError {
      throw StorageError.database(error, isBucket: true)
    }
    return .json(["name": .string(name)])
  }

  func updateBucket(_ id: String, _ request: StorageRequest) throws -> HTTPResponse {
    let body = try request.body(.bucketUpdate)
    let caller = try caller(of: request)
    let rules = try BucketRules(body, limit: settings.byteLimit)
    var parameters = [PostgresParameter(id)]
    var changes: [String] = []
    func change(_ column: String, to value: PostgresParameter?) {
      guard let value else { return }
      parameters.append(value)
      changes.append("\(column) = $\(parameters.count)")
    }
    change("public", to: body["public"].map { PostgresParameter($0 == .bool(true) ? "true" : "false") })
    change("file_size_limit", to: rules.byteLimit)
    change("allowed_mime_types", to: rules.mimeTypes)
    let sql = "update storage.buckets set \(changes.joined(separator: ", ")) where id = $1"
    let count = try database.asCaller(caller) { try $0.query(sql, parameters).affected }
    guard count > 0 else { throw StorageError.noSuchBucket }
    return .message("Successfully updated")
  }

  /// That there are objects is told even to callers who may not see the bucket.
  func deleteBucket(_ id: String, _ request: StorageRequest) throws -> HTTPResponse {
    _ = try JSONBody.json(of: request.http, allowsEmpty: true)
    let caller = try caller(of: request)
    let hasObjects = try database.asSuperuser { connection in
      try connection.query("select from storage.objects where bucket_id = $1 limit 1", [PostgresParameter(id)])
        .affected > 0
    }
    if hasObjects { throw StorageError.bucketNotEmpty }
    let count = try database.asCaller(caller) { connection in
      try connection.query("delete from storage.buckets where id = $1", [PostgresParameter(id)]).affected
    }
    guard count > 0 else { throw StorageError.noSuchBucket }
    return .message("Successfully deleted")
  }

  /// Done before the answer, which speaks of a queue all the same.
  func emptyBucket(_ id: String, _ request: StorageRequest) throws -> HTTPResponse {
    _ = try JSONBody.json(of: request.http, allowsEmpty: true)
    let caller = try caller(of: request)
    guard caller.role == "service_role" else { throw StorageError.wrongRole }
    try database.asCaller(caller) { connection in
      let bucket = try connection.query("select from storage.buckets where id = $1", [PostgresParameter(id)])
      guard bucket.affected > 0 else { throw StorageError.noSuchBucket }
      let rows = try connection.query(
        "delete from storage.objects where bucket_id = $1 and created_at <= now() returning version",
        [PostgresParameter(id)]
      ).rows
      for row in rows { blobs.remove(version: row[0] ?? "") }
    }
    return .message("Empty bucket has been queued. Completion may take up to an hour.")
  }
}

/// A bucket as the API tells of it.
struct BucketRow {
  static let selection = """
    select id, name, owner::text, public, type::text, file_size_limit, to_json(allowed_mime_types)::text,
      \(StorageDatabase.iso8601("created_at")), \(StorageDatabase.iso8601("updated_at"))
    from storage.buckets
    """

  private let columns: [String?]

  init(_ columns: [String?]) {
    self.columns = columns
  }

  /// An owner that is null is told as the empty string.
  func json(showsType: Bool) -> JSON {
    func text(_ column: Int) -> JSON { columns[column].map(JSON.text) ?? .null }
    var members: [JSON.Member] = [
      .init(name: "id", value: .optional(columns[0])), .init(name: "name", value: .optional(columns[1])),
      .init(name: "owner", value: .string(columns[2] ?? "")), .init(name: "public", value: .bool(columns[3] == "t")),
    ]
    if showsType { members.append(.init(name: "type", value: .optional(columns[4]))) }
    members += [
      .init(name: "file_size_limit", value: text(5)), .init(name: "allowed_mime_types", value: text(6)),
      .init(name: "created_at", value: .optional(columns[7])), .init(name: "updated_at", value: .optional(columns[8])),
    ]
    return .object(members)
  }
}

/// Clients that are too old for a member of an answer.
enum ClientVersion {
  /// Releases of the Python client that refuse buckets with a `type`.
  static func predatesTypes(_ headers: HTTPHeaders) -> Bool {
    isBelow([2, 18, 0], after: "supabase-py/", in: headers["x-client-info"])
      || isBelow([0, 12, 1], after: "supabase-py/storage3 v", in: headers["user-agent"])
  }

  private static func isBelow(_ version: [Int], after name: String, in header: String?) -> Bool {
    guard let header, header.hasPrefix(name) else { return false }
    let numbers = header.dropFirst(name.count).prefix { $0 == "." || $0.isNumber }.split(separator: ".")
      .map { Int($0) ?? 0 }
    return !numbers.isEmpty && numbers.lexicographicallyPrecedes(version)
  }
}
