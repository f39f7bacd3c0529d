/// What all requests on one table have in common.
struct TableAction {
  let request: RowsRequest
  let catalog: Catalog
  let table: CatalogTable
  /// What the answer shows of the table's rows.
  let selection: Selection
  let transaction: RowsTransaction
  let maxRows: Int

  init(
    _ request: RowsRequest, table name: String, catalog: Catalog, database: RowsDatabase, maxRows: Int
  ) throws(RowsError) {
    self.request = request
    self.catalog = catalog
    table = try catalog.table(name)
    transaction = RowsTransaction(database: database, request: request, catalog: catalog)
    self.maxRows = maxRows
    selection =
      request.action.isTableWrite
      ? try .written(request.parameters, to: name, catalog: catalog)
      : try .read(request.parameters, from: name, range: request.range, catalog: catalog, maxRows: maxRows)
  }

  var parameters: QueryParameters { request.parameters }
  var preferences: Preferences { request.preferences }

  /// The table itself.
  var source: SQLSource { .table(table) }

  /// What a write returned, under the table's name.
  var returned: SQLSource { SQLSource(name: quoted(table.name), table: table) }

  /// `RETURNING …`: what is needed for the answer.
  var returning: String {
    let columns =
      preferences.representation == .full || preferences.representation == .headersOnly
      ? selection.returnedColumns(beside: table.primaryKey).map { source.column($0) } : []
    return " RETURNING " + (columns.isEmpty ? "1" : columns.joined(separator: ", "))
  }

  /// Appends which rows of the table are written.
  func appendWhere(to sql: inout SQLText) {
    sql.appendWhere(parameters.conditions) { $0.append($1, of: source) }
  }

  /// Appends the outer SELECT to a write that stands in `pgrst_source`.
  func appendAnswer(to sql: inout SQLText, type: MediaType, locationKeys: [String] = [], countsInserted: Bool = false) {
    let isFull = preferences.representation == .full
    sql.appendAnswer(
      locationKeys: locationKeys, form: isFull ? BodyForm(type) : .none, countsInserted: countsInserted
    ) { sql in
      guard isFull else { return sql += "SELECT * FROM pgrst_source" }
      sql.appendSelect(selection, from: "pgrst_source AS " + returned.name, source: returned)
    }
  }

  /// The columns of the payload with their types.
  func bodyColumns(_ payload: Payload) throws(RowsError) -> [SQLText.BodyColumn] {
    var columns: [SQLText.BodyColumn] = []
    for name in payload.keys.sorted() {
      guard let column = table.column(name) else { throw .columnNotFound(name, of: table.name) }
      columns.append(
        SQLText.BodyColumn(name: name, type: column.type, defaultValue: column.defaultValue))
    }
    return columns
  }

  func refuseTooMany(_ row: AnswerRow) throws(RowsError) {
    if preferences.isStrict, let limit = preferences.maxAffected, row.rowCount > limit {
      throw .tooManyAffected(row.rowCount)
    }
  }
}

func refuseUnlessOne(_ row: AnswerRow, _ type: MediaType) throws(RowsError) {
  if type.isSingular, row.rowCount != 1 { throw .notSingular(row.rowCount) }
}

extension TableAction {
  /// Runs a statement that changes rows, all undone when its answer does not allow them.
  func changed(by sql: SQLText, _ type: MediaType) throws(RowsError) -> AnswerRow {
    try transaction.run(readOnly: false) { session throws(RowsError) -> AnswerRow in
      let row = try session.answerRow(sql)
      try refuseUnlessOne(row, type)
      try refuseTooMany(row)
      return row
    }
  }
}
