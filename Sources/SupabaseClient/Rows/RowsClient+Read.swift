import CurlHTTP

extension RowsClient {
  /// Rows of one table, those with a link only where a junction is named. `order` ends in a unique column wherever more
  /// than one page may come; the next page is `Filter.after` the last row. A page shorter than `limit` is the last one
  /// only where `total` says so, or the server is known to hand out `limit` rows.
  package func select<Row: Decodable & Sendable>(
    _ columns: [Column], from table: String, where filters: [Filter] = [], linkedBy junction: Junction? = nil,
    order: [RowOrder] = [], limit: Int = pageLimit, counting: Bool = false, as type: Row.Type = Row.self
  ) throws(ServiceError) -> Call<RowPage<Row>> {
    let route = Route(.rows, .get, table, .reads)
    guard (1...Self.pageLimit).contains(limit) else {
      throw .unsent(route, as: .limit, "a page has between 1 and \(Self.pageLimit) rows")
    }
    let request = try request(route, "/", prefer: counting ? ["count=exact"] : []) { query throws(InvalidQuery) in
      query.add("select", try [columns.expressions(), junction?.selection].compactMap(\.self).joined(separator: ","))
      try query.add(filters)
      if let junction { query.add(try junction.parameter) }
      if !order.isEmpty {
        var terms: [String] = []
        for term in order { terms.append(try term.expression) }
        query.add("order", terms.joined(separator: ","))
      }
      query.add("limit", String(limit))
    }
    return Call(route, request) { reply throws(ServiceError) in
      let rows = try route.decode([Row].self, from: reply)
      let total = counting ? ContentRange.rowTotal(reply.header("Content-Range")) : nil
      guard !counting || total != nil else { throw ServiceError(unreadable: reply, of: route, "rows without a count") }
      // A body that was cut, or is another answer's, is valid JSON all the same.
      if let count = ContentRange.rowCount(reply.header("Content-Range")), count != rows.count {
        throw ServiceError(unreadable: reply, of: route, "\(rows.count) rows, said to be \(count)")
      }
      return RowPage(rows: rows, total: total)
    }
  }

  /// How many rows the filters match, counted exactly and without fetching one.
  package func count(
    _ table: String, where filters: [Filter] = [], linkedBy junction: Junction? = nil
  ) throws(ServiceError) -> Call<Int> {
    let route = Route(.rows, .head, table, .reads)
    let request = try request(route, "/", prefer: ["count=exact"]) { query throws(InvalidQuery) in
      if let junction { query.add("select", "*,\(try junction.selection)") }
      try query.add(filters)
      if let junction { query.add(try junction.parameter) }
      query.add("limit", "0")
    }
    return Call(route, request) { reply throws(ServiceError) in
      guard let total = ContentRange.rowTotal(reply.header("Content-Range")) else {
        throw ServiceError(unreadable: reply, of: route, "no count")
      }
      return total
    }
  }
}
