/// POST on a table: one row or many, with or without conflict resolution.
struct InsertAction {
  let action: TableAction

  func response() throws(RowsError) -> HTTPResponse {
    let request = action.request
    let preferences = request.preferences
    let statement = try InsertStatement(action)
    try preferences.refuseUnknown()
    let type = try MediaType.negotiated(request.accepted)
    var sql = statement.sql
    action.appendAnswer(
      to: &sql, type: type, locationKeys: preferences.representation == .headersOnly ? action.table.primaryKey : [],
      countsInserted: statement.countsInserted)
    let row = try action.transaction.run(readOnly: false) { session throws(RowsError) -> AnswerRow in
      let row = try session.answerRow(sql)
      try refuseUnlessOne(row, type)
      return row
    }
    let onlyUpdated = preferences.resolution == .mergeDuplicates && row.inserted <= 0
    var answer = RowsAnswer(request, status: onlyUpdated ? 200 : 201)
    if !row.location.isEmpty {
      let query = row.location.map { percentEncoded($0.name.utf8) + "=" + percentEncoded($0.value.utf8) }
      answer.add("Location", latin1("/" + action.table.name + "?" + query.joined(separator: "&")))
    }
    answer.add("Content-Range", "*/" + (preferences.countsExactly ? String(row.rowCount) : "*"))
    let resolves = !action.table.primaryKey.isEmpty || request.parameters.onConflict != nil
    answer.add(
      "Preference-Applied",
      preferences.applied(resolves ? [.resolution, .representation, .missing] : [.representation, .missing]))
    guard preferences.representation == .full else { return try answer.response(row, body: "") }
    answer.addContentType(type)
    return try answer.response(row, body: row.body)
  }
}

/// `WITH pgrst_source AS (INSERT …)`
struct InsertStatement {
  private(set) var sql = SQLText()
  /// `pgrst.inserted` will tell whether rows were made: one up for each row, one down for each that was changed instead.
  let countsInserted: Bool

  /// - Parameter onlyMatching: the filters have to hold for the body too, and existing rows are changed (PUT).
  init(_ action: TableAction, onlyMatching: Bool = false) throws(RowsError) {
    let preferences = action.preferences
    let payload = action.request.payload ?? .json([], keys: [])
    let columns = try action.bodyColumns(payload)
    let merges = onlyMatching || preferences.resolution == .mergeDuplicates
    countsInserted = merges
    sql += "WITH pgrst_source AS (INSERT INTO " + action.source.name + " "
    if !columns.isEmpty { sql += "(" + columns.map { quoted($0.name) }.joined(separator: ", ") + ") " }
    sql += "SELECT " + columns.map { "pgrst_body." + quoted($0.name) }.joined(separator: ", ") + " "
    sql.appendBody(payload.bytes, columns: columns, withDefaults: !onlyMatching && preferences.missing == .defaults)
    if merges {
      sql += " WHERE " + Self.count("+ 1", unlike: "0")
      if onlyMatching {
        let body = SQLSource(name: "pgrst_body", table: action.table)
        for filter in action.parameters.filters {
          sql += " AND "
          sql.append(filter, of: body)
        }
      }
    }
    let target =
      onlyMatching ? action.table.primaryKey : action.parameters.onConflict ?? action.table.primaryKey
    if onlyMatching || preferences.resolution != nil, !target.isEmpty {
      sql += " ON CONFLICT (" + target.map(quoted).joined(separator: ", ") + ") DO "
      if merges, !columns.isEmpty {
        let changes = columns.map { "\(quoted($0.name)) = EXCLUDED.\(quoted($0.name))" }
        sql += "UPDATE SET " + changes.joined(separator: ", ") + " WHERE " + Self.count("- 1", unlike: "-1")
      } else {
        sql += "NOTHING"
      }
    }
    sql += action.returning + ")"
  }

  /// A condition that is always true, because the new value is never the one named.
  private static func count(_ change: String, unlike value: String) -> String {
    "set_config('pgrst.inserted', (coalesce(\(SQLText.setting("pgrst.inserted"))::int, 0) \(change))::text, true) "
      + "<> '\(value)'"
  }
}
