import CurlHTTP

extension RowsClient {
  /// Inserts all rows of a batch or none. Without `rule` a row that is there already is a `conflict`.
  package func insert(
    _ batch: RowBatch, into table: String, onConflict rule: ConflictRule? = nil
  ) throws(ServiceError) -> Call<Void> {
    let route = Route(.rows, .post, table, .writes)
    let request = try insertion(of: batch, route, rule, returning: nil)
    return Call(route, request) { reply throws(ServiceError) in try Self.checkMinimal(reply, route) }
  }

  /// Inserts all rows of a batch or none, and answers with what is stored now; a row that `.ignore` left alone is not
  /// among them.
  package func insert<Row: Decodable & Sendable>(
    _ batch: RowBatch, into table: String, onConflict rule: ConflictRule? = nil, returning columns: [Column],
    as type: Row.Type = Row.self
  ) throws(ServiceError) -> Call<[Row]> {
    let route = Route(.rows, .post, table, .writes)
    let request = try insertion(of: batch, route, rule, returning: columns)
    return Call(route, request) { reply throws(ServiceError) in try route.decode([Row].self, from: reply) }
  }

  private func insertion(
    of batch: RowBatch, _ route: Route, _ rule: ConflictRule?, returning columns: [Column]?
  ) throws(ServiceError) -> HTTPRequest {
    guard batch.rowCount > 0 else { throw .unsent(route, "a batch without rows") }
    // Without `missing=default` a column that one row leaves out becomes NULL in it.
    var prefer = ["missing=default", columns == nil ? "return=minimal" : "return=representation"]
    // The server ignores a target without a resolution, and then inserts plainly.
    if let rule { prefer.append("resolution=\(rule.resolution.rawValue)") }
    return try request(route, "/", prefer: prefer, json: batch.body) { query throws(InvalidQuery) in
      query.add("columns", try Self.names(batch.columns))
      if let rule { query.add("on_conflict", try Self.names(rule.columns)) }
      if let columns { query.add("select", try columns.expressions()) }
    }
  }

  private static func names(_ columns: [Column]) throws(InvalidQuery) -> String {
    guard columns.allSatisfy(\.keys.isEmpty) else { throw InvalidQuery("a JSON key is no column to write") }
    return try columns.expressions()
  }

  /// A write without representation has an empty body; the echo of the preference shows that PostgREST answered.
  static func checkMinimal(_ reply: HTTPReply, _ route: Route) throws(ServiceError) {
    guard reply.bodyByteCount == 0, reply.header("Preference-Applied")?.contains("return=minimal") == true else {
      throw ServiceError(unreadable: reply, of: route, "not that of a write")
    }
  }
}
