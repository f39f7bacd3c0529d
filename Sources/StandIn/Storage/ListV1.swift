extension StorageService {
  /// Rows of one page, whatever is asked for.
  private static let pageLimit = 1500

  func listV1(_ bucket: String, _ request: StorageRequest) throws -> HTTPResponse {
    let body = try request.body(.listV1)
    let caller = try caller(of: request)
    try NameRules.checkBucket(bucket)
    var folder = body["prefix"]?.string ?? ""
    if !folder.isEmpty, folder.utf8.last != UInt8(ascii: "/") { folder += "/" }
    let listing = ListV1(
      bucket: bucket, folder: folder, prefix: folder + (body["search"]?.string ?? ""),
      limit: min(body["limit"]?.integer ?? 100, Self.pageLimit), offset: body["offset"]?.integer ?? 0,
      column: body["sortBy"]?["column"]?.string ?? "name",
      isAscending: body["sortBy"]?["order"]?.string != "desc")
    let objects = try database.asCaller(caller) { connection in
      try listing.column == "name" ? listing.byName(connection) : listing.byTime(connection)
    }
    return .json(
      .array(objects.map { .object([.init(name: "name", value: .string($0.name))] + $0.members) }))
  }
}

/// A list of version 1: names are relative to a folder; sorted by name, case does not count.
private struct ListV1 {
  let bucket: String
  /// Empty, or with a slash at its end.
  let folder: String
  /// The folder and what is searched for in it.
  let prefix: String
  let limit: Int
  let offset: Int
  let column: String
  let isAscending: Bool

  func byName(_ connection: PostgresConnection) throws -> [ListedObject] {
    let lowered = prefix.lowercased()
    let bound = upperBound(lowered)
    let order = isAscending ? "asc" : "desc"
    let scan = FolderScan(isAscending: isAscending, prefix: lowered) { from, isInclusive, count in
      let comparison = isAscending ? (isInclusive ? ">=" : ">") : "<"
      return try connection.query(
        """
        select \(ListedObject.columns), lower(name) from storage.objects
        where bucket_id = $1 and lower(name) collate "C" >= $2
          and ($3::text is null or lower(name) collate "C" < $3)
          and ($4::text is null or lower(name) collate "C" \(comparison) $4)
        order by lower(name) collate "C" \(order) limit \(count)
        """,
        [PostgresParameter(bucket), PostgresParameter(lowered), PostgresParameter(bound), PostgresParameter(from)]
      ).rows.map { FolderScan.Row(sortName: $0[6] ?? "", object: ListedObject($0)) }
    }
    return try scan.entries(from: nil, skipping: offset, limit: limit).map { entry in
      switch entry {
      case .folder(let name): ListedObject(folder: relative(Folder.trimmed(name)))
      case .object(let object): object.named(relative(object.name))
      }
    }
  }

  private func relative(_ name: String) -> String {
    String(decoding: name.utf8.dropFirst(folder.utf8.count), as: UTF8.self)
  }

  /// Folders first, by name; then files by the column. Here case does count.
  func byTime(_ connection: PostgresConnection) throws -> [ListedObject] {
    let depth = { (text: String) in text.utf8.count { $0 == UInt8(ascii: "/") } + 1 }
    let order = isAscending ? "asc" : "desc"
    let rows = try connection.query(
      """
      with found as (
        select array_to_string(path_tokens[\(depth(folder)):\(depth(prefix))], '/') as shown,
          array_length(path_tokens, 1) = \(depth(prefix)) as is_file, *
        from storage.objects where bucket_id = $1 and name ilike $2 || '%'
      ), entries as (
        select distinct shown, false as is_file, null::uuid as id, null::timestamptz as updated_at,
          null::timestamptz as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
        from found where not is_file
        union all
        select shown, true, id, updated_at, created_at, last_accessed_at, metadata from found where is_file
      )
      select \(ListedObject.columns.replacing("name,", with: "shown,"))
      from entries order by is_file, \(column) \(order), shown collate "C" \(order) limit \(limit) offset \(offset)
      """, [PostgresParameter(bucket), PostgresParameter(prefix)]
    ).rows
    return rows.map(ListedObject.init)
  }
}

extension ListedObject {
  fileprivate func named(_ name: String) -> ListedObject {
    ListedObject([name, id, updatedAt, createdAt, lastAccessedAt, metadata])
  }
}
