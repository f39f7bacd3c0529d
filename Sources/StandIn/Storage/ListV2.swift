extension StorageService {
  func listV2(_ bucket: String, _ request: StorageRequest) throws -> HTTPResponse {
    let body = try request.body(.listV2)
    let caller = try authentication.caller(of: request.http)
    try NameRules.checkBucket(bucket)
    let cursor = body["cursor"]?.string ?? ""
    let listing = ListV2(
      bucket: bucket, prefix: body["prefix"]?.string ?? "", limit: min(body["limit"]?.integer ?? 1000, 1000),
      cursor: cursor.isEmpty ? nil : try ListCursor(cursor), column: body["sortBy"]?["column"]?.string,
      order: body["sortBy"]?["order"]?.string)
    let hasDelimiter = body["with_delimiter"] == .bool(true)
    let rows = try database.asCaller(caller) { connection in
      switch (hasDelimiter, listing.isByName) {
      case (false, _): try listing.flat(connection)
      case (true, true): try listing.foldersByName(connection)
      case (true, false): try listing.foldersByTime(connection)
      }
    }
    return .json(listing.page(hasDelimiter ? listing.refolded(rows) : rows))
  }
}

/// A list of version 2: full names, in byte order, page by page.
struct ListV2 {
  /// An entry of the merged order.
  struct Row {
    /// The last segment; only where there are folders.
    var key: String?
    var object: ListedObject
    /// A folder made after the query: it has a name and nothing else.
    var isBare = false
  }

  let bucket: String
  let prefix: String
  let limit: Int
  let cursor: ListCursor?
  /// What the request asks for; a cursor goes before.
  private let askedColumn: String?
  private let askedOrder: String?

  init(bucket: String, prefix: String, limit: Int, cursor: ListCursor?, column: String?, order: String?) {
    self.bucket = bucket
    self.prefix = prefix
    self.limit = limit
    self.cursor = cursor
    askedColumn = column
    askedOrder = order
  }

  private var column: String? { cursor?.column ?? askedColumn }
  private var order: String? { cursor?.order ?? askedOrder }
  private var isAscending: Bool { order != "desc" }
  private var direction: String { isAscending ? "asc" : "desc" }
  private var timeColumn: String { column == "updated_at" ? "updated_at" : "created_at" }
  var isByName: Bool { column != "updated_at" && column != "created_at" }

  /// One row more than the page holds tells that there is another page.
  private var rowLimit: Int { limit + 1 }

  private var range: [PostgresParameter] {
    [PostgresParameter(bucket), PostgresParameter(prefix), PostgresParameter(upperBound(prefix))]
  }

  private static let rangeCondition = """
    bucket_id = $1 and name collate "C" >= $2 and ($3::text is null or name collate "C" < $3)
    """

  /// No folders. By time, the cursor's is cut to milliseconds: rows of the same millisecond may be passed over.
  func flat(_ connection: PostgresConnection) throws -> [Row] {
    var parameters = range
    var condition = Self.rangeCondition
    let comparison = isAscending ? ">" : "<"
    if let last = cursor?.last, !last.isEmpty {
      parameters.append(PostgresParameter(last))
      condition += " and name collate \"C\" \(comparison) $4"
      if !isByName {
        parameters.append(PostgresParameter(cursor?.time ?? "epoch"))
        condition = """
          \(Self.rangeCondition) and row(date_trunc('milliseconds', \(timeColumn)), name collate "C") \(comparison)
            row($5::timestamptz, $4)
          """
      }
    }
    let sorting = isByName ? "" : "\(timeColumn) \(direction), "
    return try connection.query(
      """
      select \(ListedObject.columns) from storage.objects where \(condition)
      order by \(sorting)name collate "C" \(direction) limit \(rowLimit)
      """, parameters
    ).rows.map { Row(object: ListedObject($0)) }
  }

  func foldersByName(_ connection: PostgresConnection) throws -> [Row] {
    let scan = FolderScan(isAscending: isAscending, prefix: prefix) { from, isInclusive, count in
      let comparison = isAscending ? (isInclusive ? ">=" : ">") : "<"
      return try connection.query(
        """
        select \(ListedObject.columns) from storage.objects
        where \(Self.rangeCondition) and ($4::text is null or name collate "C" \(comparison) $4)
        order by name collate "C" \(direction) limit \(count)
        """, range + [PostgresParameter(from)]
      ).rows.map { FolderScan.Row(sortName: $0[0] ?? "", object: ListedObject($0)) }
    }
    return try scan.entries(from: start(connection), limit: rowLimit).map { entry in
      switch entry {
      case .folder(let name):
        let name = Folder.trimmed(name)
        return Row(key: key(of: name), object: ListedObject(folder: name))
      case .object(let object):
        return Row(key: key(of: object.name), object: object)
      }
    }
  }

  /// Where a scan goes on after the cursor, whose name does not tell a folder from an object. It is taken for a pattern
  /// when folders are looked for, and after an object all that lies before its own subtree is passed over.
  private func start(_ connection: PostgresConnection) throws -> String? {
    guard let last = cursor?.last, !last.isEmpty else { return nil }
    let isFolder =
      try connection.query(
        "select from storage.objects where bucket_id = $1 and name like $2 || '/%' limit 1",
        [PostgresParameter(bucket), PostgresParameter(last)]
      ).affected > 0
    if isAscending { return isFolder ? "\(last)0" : "\(last)/" }
    return isFolder ? "\(last)/" : last
  }

  /// Here the prefix is a pattern.
  func foldersByTime(_ connection: PostgresConnection) throws -> [Row] {
    var parameters = [PostgresParameter(bucket), PostgresParameter(prefix)]
    var condition = "true"
    if let last = cursor?.last, !last.isEmpty {
      parameters += [PostgresParameter(last), PostgresParameter(cursor?.time ?? "epoch")]
      condition = """
        row(date_trunc('milliseconds', \(timeColumn)), name collate "C") \(isAscending ? ">" : "<")
          row($4::timestamptz, $3)
        """
    }
    let rows = try connection.query(
      """
      with found as (
        select *, position('/' in substring(name from length($2) + 1)) as slash
        from storage.objects where bucket_id = $1 and name like $2 || '%'
      ), entries as (
        select rtrim(left(name, length($2) + slash), '/') as name, null::uuid as id, min(created_at) as updated_at,
          min(created_at) as created_at, null::timestamptz as last_accessed_at, null::jsonb as metadata
        from found where slash > 0 group by left(name, length($2) + slash)
        union all
        select name, id, updated_at, created_at, last_accessed_at, metadata from found where slash = 0
      )
      select \(ListedObject.columns) from entries where \(condition)
      order by date_trunc('milliseconds', \(timeColumn)) \(direction), name collate "C" \(direction) limit \(rowLimit)
      """, parameters
    ).rows
    return rows.map { row in
      let object = ListedObject(row)
      return Row(key: key(of: object.name), object: object)
    }
  }

  /// The segment at the prefix's depth.
  private func key(of name: String) -> String {
    let depth = prefix.utf8.count { $0 == UInt8(ascii: "/") }
    let segments = name.split(separator: "/", omittingEmptySubsequences: false)
    return depth < segments.count ? String(segments[depth]) : ""
  }

  /// The service folds once more what the query left: rows that a pattern matched beyond the prefix.
  func refolded(_ rows: [Row]) -> [Row] {
    var folded: [Row] = []
    var previous = ""
    for row in rows {
      let name = row.object.name
      let rest = name.utf8.starts(with: prefix.utf8) ? name.utf8.dropFirst(prefix.utf8.count) : name.utf8[...]
      guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
        folded.append(row)
        continue
      }
      let length = prefix.utf8.count + rest.distance(from: rest.startIndex, to: slash) + 1
      let folder = String(decoding: name.utf8.prefix(length), as: UTF8.self)
      if folder == previous { continue }
      previous = folder
      folded.append(Row(object: ListedObject(folder: folder), isBare: true))
    }
    return folded
  }

  func page(_ rows: [Row]) -> JSON {
    let page = rows.prefix(limit)
    var members: [JSON.Member] = [.init(name: "hasNext", value: .bool(rows.count > limit))]
    if rows.count > limit, let last = page.last?.object {
      let time = isByName ? nil : (timeColumn == "updated_at" ? last.updatedAt : last.createdAt)
      let next = ListCursor(last: last.name, order: order, column: column, time: time)
      members.append(.init(name: "nextCursor", value: .string(next.text)))
      members.append(.init(name: "nextCursorKey", value: .string(last.name)))
    }
    members.append(.init(name: "folders", value: .array(page.filter { $0.object.id == nil }.map(Self.json))))
    members.append(.init(name: "objects", value: .array(page.filter { $0.object.id != nil }.map(Self.json))))
    return .object(members)
  }

  private static func json(_ row: Row) -> JSON {
    var name = row.object.name
    if row.object.id == nil, name.utf8.last != UInt8(ascii: "/") { name += "/" }
    let named = JSON.Member(name: "name", value: .string(name))
    if row.isBare { return .object([.init(name: "id", value: .null), named]) }
    var members = [named] + row.object.members
    if let key = row.key { members.insert(.init(name: "key", value: .string(key)), at: 0) }
    return .object(members)
  }
}
