extension SQLText {
  /// Writes `SELECT … FROM … WHERE … ORDER BY … LIMIT …`.
  ///
  /// - Parameters:
  ///   - origin: what stands after FROM.
  ///   - links: more conditions, which join the rows with those around them.
  mutating func appendSelect(
    _ selection: Selection, from origin: String, source: SQLSource, links: [String] = []
  ) {
    text += "SELECT "
    join(selection.readColumns, separator: ", ") { sql, column in sql.append(column, of: source) }
    let outputs = selection.embeds.flatMap(\.outputs)
    if !selection.readColumns.isEmpty, !outputs.isEmpty { text += ", " }
    text += outputs.joined(separator: ", ") + " FROM " + origin
    for embed in selection.embeds { appendJoin(embed, around: source) }
    appendWhere(selection.conditions, links.map { link in { $0 += link } }) { sql, filter in
      guard let embed = selection.embedTested(by: filter) else { return sql.append(filter, of: source) }
      sql += "\(embed.alias) IS \(filter.condition.isNegated ? "" : "NOT ")DISTINCT FROM NULL"
    }
    appendOrder(selection, of: source)
    guard selection.range != .all else { return }
    text += " LIMIT "
    if let limit = selection.range.limit { bind(String(limit)) } else { text += "ALL" }
    text += " OFFSET "
    bind(String(selection.range.lower))
  }

  /// Writes a query with one row for each that the conditions find.
  mutating func appendCountable(
    _ selection: Selection, from origin: String, source: SQLSource, links: [String] = []
  ) {
    text += "SELECT 1 FROM " + origin
    let required = selection.embeds.filter(\.isInner).map { embed -> Term in { $0.appendExists(embed, around: source) }
    }
    appendWhere(selection.conditions, links.map { link in { $0 += link } } + required) { sql, filter in
      guard let embed = selection.embedTested(by: filter) else { return sql.append(filter, of: source) }
      if !filter.condition.isNegated { sql += "NOT " }
      sql.appendExists(embed, around: source)
    }
  }

  private mutating func append(_ column: SelectedColumn, of source: SQLSource) {
    if column.cast != nil { text += "CAST(" }
    append(column.field, of: source)
    if let cast = column.cast { text += " AS \(cast))" }
    if let name = column.outputName { text += " AS " + quoted(name) }
  }

  private mutating func appendOrder(_ selection: Selection, of source: SQLSource) {
    guard !selection.order.isEmpty else { return }
    text += " ORDER BY "
    join(selection.order, separator: ", ") { sql, term in
      let embed = selection.embeds.first { $0.key == term.relation }
      sql.append(term.field, of: embed.map { SQLSource(name: $0.alias) } ?? source)
      sql += " \(term.direction) \(term.nulls)"
    }
  }
}
