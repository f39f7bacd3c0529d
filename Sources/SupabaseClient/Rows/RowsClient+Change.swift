import CurlHTTP
package import StorageFormats

extension RowsClient {
  /// Sets columns of the rows that `filters` match, and answers how many they were. `members` writes the keys and values.
  /// More than `limit` rows are a `limit` error, and none is changed.
  package func update(
    _ table: String, where filters: ChangeFilters, atMost limit: Int? = nil,
    setting members: (inout JSONWriter) -> Void
  ) throws(ServiceError) -> Call<Int> {
    let route = Route(.rows, .patch, table, .writes)
    var body = JSONWriter()
    body.beginObject()
    members(&body)
    body.endObject()
    guard body.bytes.count > 2 else { throw .unsent(route, "nothing to set") }
    let request = try request(
      route, "/", prefer: ["return=minimal", "count=exact"] + Self.guarding(limit), json: body.bytes
    ) { query throws(InvalidQuery) in try query.add(filters.filters) }
    return Call(route, request) { reply throws(ServiceError) in
      try Self.changedCount(reply, route, atMost: limit)
    }
  }

  /// Deletes the rows that `filters` match, and answers how many they were; rows that went with them by a reference are
  /// not counted. More than `limit` rows are a `limit` error, and none is deleted.
  package func delete(
    from table: String, where filters: ChangeFilters, atMost limit: Int? = nil
  ) throws(ServiceError) -> Call<Int> {
    let route = Route(.rows, .delete, table, .writes)
    let request = try request(route, "/", prefer: ["return=minimal", "count=exact"] + Self.guarding(limit)) {
      query throws(InvalidQuery) in try query.add(filters.filters)
    }
    return Call(route, request) { reply throws(ServiceError) in
      try Self.changedCount(reply, route, atMost: limit)
    }
  }

  /// As `delete(from:where:atMost:)`, and answers with the rows that were deleted.
  package func delete<Row: Decodable & Sendable>(
    from table: String, where filters: ChangeFilters, atMost limit: Int? = nil, returning columns: [Column],
    as type: Row.Type = Row.self
  ) throws(ServiceError) -> Call<[Row]> {
    let route = Route(.rows, .delete, table, .writes)
    let request = try request(route, "/", prefer: ["return=representation"] + Self.guarding(limit)) {
      query throws(InvalidQuery) in
      try query.add(filters.filters)
      query.add("select", try columns.expressions())
    }
    return Call(route, request) { reply throws(ServiceError) in
      try Self.checkGuard(reply, route, atMost: limit)
      return try route.decode([Row].self, from: reply)
    }
  }

  /// The server heeds the limit only together with strict handling.
  private static func guarding(_ limit: Int?) -> [String] {
    limit.map { ["handling=strict", "max-affected=\($0)"] } ?? []
  }

  private static func changedCount(
    _ reply: HTTPReply, _ route: Route, atMost limit: Int?
  ) throws(ServiceError) -> Int {
    try checkMinimal(reply, route)
    try checkGuard(reply, route, atMost: limit)
    guard let count = ContentRange.rowTotal(reply.header("Content-Range")) else {
      throw ServiceError(unreadable: reply, of: route, "no count of the changed rows")
    }
    return count
  }

  /// An old server changes the rows and drops the limit without a word; only the echo shows that it was heeded.
  private static func checkGuard(_ reply: HTTPReply, _ route: Route, atMost limit: Int?) throws(ServiceError) {
    guard let limit else { return }
    let applied = (reply.header("Preference-Applied") ?? "").split(separator: ",").map { $0.drop { $0 == " " } }
    guard applied.contains("handling=strict"), applied.contains("max-affected=\(limit)") else {
      throw ServiceError(
        .setUp, route, status: reply.status, httpStatus: reply.status, code: ServiceError.guardNotApplied,
        message: "the change was made, but the server is too old to limit how many rows it may affect")
    }
  }
}
