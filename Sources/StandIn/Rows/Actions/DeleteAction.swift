/// DELETE on a table.
struct DeleteAction {
  let action: TableAction

  func response() throws(RowsError) -> HTTPResponse {
    let request = action.request
    let preferences = request.preferences
    var sql = SQLText("WITH pgrst_source AS (DELETE FROM " + action.source.name)
    action.appendWhere(to: &sql)
    sql += action.returning + ")"
    try preferences.refuseUnknown()
    let type = try MediaType.negotiated(request.accepted)
    action.appendAnswer(to: &sql, type: type)
    let row = try action.changed(by: sql, type)
    let isFull = preferences.representation == .full
    var answer = RowsAnswer(request, status: isFull ? 200 : 204)
    answer.add("Content-Range", "*/" + (preferences.countsExactly ? String(row.rowCount) : "*"))
    answer.add("Preference-Applied", preferences.applied([.representation, .maxAffected]))
    if isFull { answer.addContentType(type) }
    return try answer.response(row, body: isFull ? row.body : nil)
  }
}
