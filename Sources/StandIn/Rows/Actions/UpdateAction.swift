/// PATCH on a table.
struct UpdateAction {
  let action: TableAction

  func response() throws(RowsError) -> HTTPResponse {
    let request = action.request
    let preferences = request.preferences
    var sql = try statement()
    try preferences.refuseUnknown()
    let type = try MediaType.negotiated(request.accepted)
    action.appendAnswer(to: &sql, type: type)
    let row = try action.changed(by: sql, type)
    let isFull = preferences.representation == .full
    var answer = RowsAnswer(request, status: isFull ? 200 : 204)
    let range = ContentRange(.all, rowCount: row.rowCount, total: preferences.countsExactly ? row.rowCount : nil)
    answer.add("Content-Range", range.description)
    answer.add("Preference-Applied", preferences.applied([.representation, .missing, .maxAffected]))
    if isFull { answer.addContentType(type) }
    return try answer.response(row, body: isFull ? row.body : nil)
  }

  private func statement() throws(RowsError) -> SQLText {
    let payload = action.request.payload ?? .json([], keys: [])
    let columns = try action.bodyColumns(payload)
    var sql = SQLText("WITH pgrst_source AS (")
    guard !columns.isEmpty else {
      // Nothing to set: no row, but with the columns that are to be selected from it.
      let names = action.returning.replacing(" RETURNING ", with: "")
      sql += "SELECT \(names) FROM \(action.source.name) WHERE false)"
      return sql
    }
    let changes = columns.map { "\(quoted($0.name)) = pgrst_body.\(quoted($0.name))" }
    sql += "UPDATE \(action.source.name) SET \(changes.joined(separator: ", ")) "
    sql.appendBody(payload.bytes, columns: columns, withDefaults: action.preferences.missing == .defaults)
    action.appendWhere(to: &sql)
    sql += action.returning + ")"
    return sql
  }
}
