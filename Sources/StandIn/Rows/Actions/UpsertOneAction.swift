/// PUT: the one row with the primary key that the URL names, made or changed.
struct UpsertOneAction {
  let action: TableAction

  func response() throws(RowsError) -> HTTPResponse {
    let request = action.request
    let preferences = request.preferences
    guard namesPrimaryKey else { throw .invalidUpsertFilters }
    var sql = try InsertStatement(action, onlyMatching: true).sql
    try preferences.refuseUnknown()
    let type = try MediaType.negotiated(request.accepted)
    action.appendAnswer(to: &sql, type: type, countsInserted: true)
    let row = try action.transaction.run(readOnly: false) { session throws(RowsError) -> AnswerRow in
      let row = try session.answerRow(sql)
      if row.rowCount != 1 { throw .upsertOfAnother }
      return row
    }
    let isFull = preferences.representation == .full
    var answer = RowsAnswer(request, status: !isFull ? 204 : row.inserted > 0 ? 201 : 200)
    if isFull { answer.addContentType(type) }
    answer.add("Preference-Applied", preferences.applied([.representation]))
    return try answer.response(row, body: isFull ? row.body : nil)
  }

  /// Whether there is one equality for each column of the primary key and nothing else.
  private var namesPrimaryKey: Bool {
    let key = Set(action.table.primaryKey)
    let parameters = request.parameters
    guard !key.isEmpty, parameters.logic.isEmpty, parameters.filterKeys == key else { return false }
    return parameters.filters.allSatisfy { filter in
      if case .quantified("=", nil, _) = filter.condition.operation { !filter.condition.isNegated } else { false }
    }
  }

  private var request: RowsRequest { action.request }
}
