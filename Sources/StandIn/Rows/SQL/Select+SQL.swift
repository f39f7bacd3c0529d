extension SQLText {
  /// Writes `SELECT … FROM … WHERE … ORDER BY … LIMIT …`.
  ///
  /// - Parameters:
  ///   - origin: what stands after FROM.
  ///   - filters: whether the parameters' filters restrict the rows.
  ///   - range: nil for all rows.
  mutating func appendSelect(
    _ parameters: QueryParameters, from origin: String, source: SQLSource, filters: Bool, range: RowRange?
  ) {
    text += "SELECT "
    join(parameters.selectedColumns, separator: ", ") { sql, column in sql.append(column, of: source) }
    text += " FROM " + origin
    if filters { appendWhere(parameters, of: source) }
    if !parameters.order.isEmpty {
      text += " ORDER BY "
      join(parameters.order, separator: ", ") { sql, term in
        sql.append(term.field, of: source)
        sql += " \(term.direction) \(term.nulls)"
      }
    }
    guard let range, range != .all else { return }
    text += " LIMIT "
    if let limit = range.limit { bind(String(limit)) } else { text += "ALL" }
    text += " OFFSET "
    bind(String(range.lower))
  }

  /// Writes a query with one row for each that the filters find.
  mutating func appendCountable(_ parameters: QueryParameters, from origin: String, source: SQLSource) {
    text += "SELECT 1 FROM " + origin
    appendWhere(parameters, of: source)
  }

  private mutating func append(_ column: SelectedColumn, of source: SQLSource) {
    if column.cast != nil { text += "CAST(" }
    append(column.field, of: source)
    if let cast = column.cast { text += " AS \(cast))" }
    if let name = column.outputName { text += " AS " + quoted(name) }
  }
}

extension QueryParameters {
  /// Everything when nothing is named.
  var selectedColumns: [SelectedColumn] {
    let columns = select.compactMap { if case .column(let column) = $0 { column } else { nil } }
    return columns.isEmpty ? [.everything] : columns
  }

  /// The columns that a write has to return so that `selectedColumns` can be read from it; `*` alone for all.
  func returnedColumns(beside keys: [String] = []) -> [String] {
    let names = Set(selectedColumns.map(\.field.name))
    return names.contains("*") ? ["*"] : names.union(keys).sorted()
  }
}
