/// GET and HEAD of a table.
struct ReadAction {
  let action: TableAction
  let headersOnly: Bool

  func response() throws(RowsError) -> HTTPResponse {
    let request = action.request
    let type = try MediaType.negotiated(request.accepted)
    try request.preferences.refuseUnknown()
    let row = try action.transaction.run(readOnly: true) { session throws(RowsError) -> AnswerRow in
      var row = try session.answerRow(statement(type))
      try refuseUnlessOne(row, type)
      row.total = try total(row, session)
      return row
    }
    let content = ContentRange(request.range, rowCount: row.rowCount, total: row.total)
    var location = "/" + action.table.name
    if !request.parameters.canonical.isEmpty { location += "?" + request.parameters.canonical }
    var answer = RowsAnswer(request, status: content.status)
    answer.add("Content-Range", content.description)
    answer.add("Content-Location", latin1(location))
    answer.addContentType(type)
    answer.add("Preference-Applied", request.preferences.applied([]))
    let body = content.isUnsatisfiable ? content.error(request.range).body : row.body
    return try answer.response(row, body: headersOnly ? nil : body)
  }

  private func statement(_ type: MediaType) -> SQLText {
    let preferences = action.preferences
    var sql = SQLText("WITH pgrst_source AS (")
    sql.appendSelect(action.selection, from: action.source.name, source: action.source)
    sql += ")"
    if preferences.countsExactly {
      sql += ", pgrst_source_count AS ("
      sql.appendCountable(action.selection, from: action.source.name, source: action.source)
      // One more than can be returned tells that there are too many to count.
      if preferences.count == .estimated { sql += " LIMIT \(action.maxRows + 1)" }
      sql += ")"
    }
    let total = preferences.countsExactly ? "(SELECT pg_catalog.count(*) FROM pgrst_source_count)" : "NULL"
    sql.appendAnswer(total: total, form: headersOnly ? .none : BodyForm(type)) { $0 += "SELECT * FROM pgrst_source" }
    return sql
  }

  private func total(_ row: AnswerRow, _ session: RowsSession) throws(RowsError) -> Int? {
    switch action.preferences.count {
    case .planned: return try session.estimate(countable)
    case .estimated:
      guard let total = row.total, total > action.maxRows else { return row.total }
      return max(total, try session.estimate(countable) ?? 0)
    case .exact, nil: return row.total
    }
  }

  private var countable: SQLText {
    var sql = SQLText()
    sql.appendCountable(action.selection, from: action.source.name, source: action.source)
    return sql
  }
}
