/// What is read of the rows of one table, or of a resource embedded in them.
struct Selection: Sendable {
  var columns: [SelectedColumn]
  var conditions: [LogicTree] = []
  var order: [OrderTerm] = []
  var range = RowRange.all
  /// In the order of their keys in the answer, which follow those of the columns.
  var embeds: [Embed] = []

  /// Of rows read: all parameters count.
  ///
  /// - Parameter maxRows: rows that each level has at most.
  static func read(
    _ parameters: QueryParameters, from table: String, range: RowRange, catalog: Catalog, maxRows: Int
  ) throws(RowsError) -> Selection {
    var selection = try SelectionBuilder(catalog: catalog, maxRows: maxRows).selection(parameters, of: table)
    selection.conditions = parameters.conditions
    selection.range = range.restricted(to: maxRows)
    return selection
  }

  /// Of rows that a write returned, which its conditions chose already.
  static func written(
    _ parameters: QueryParameters, to table: String, catalog: Catalog
  ) throws(RowsError) -> Selection {
    try SelectionBuilder(catalog: catalog, maxRows: nil).selection(parameters, of: table)
  }

  /// Nothing of it appears in the answer; it is embedded for what it does to the rows around it.
  var isEmpty: Bool { columns.isEmpty && embeds.allSatisfy(\.selection.isEmpty) }

  /// Everything when nothing is named.
  var readColumns: [SelectedColumn] { columns.isEmpty && embeds.isEmpty ? [.everything] : columns }

  /// The names of its columns in SQL; `*` stands for all of a table.
  var outputNames: [String] {
    columns.map { $0.outputName ?? $0.field.name }
      + embeds.flatMap { embed in
        embed.isSpread ? embed.selection.outputNames : embed.selection.isEmpty ? [] : [embed.key]
      }
  }

  /// The columns that a write or a function has to return so that this can be read from it; `*` alone for all.
  func returnedColumns(beside keys: [String] = []) -> [String] {
    let names = Set(readColumns.map(\.field.name))
    return names.contains("*")
      ? ["*"] : names.union(keys).union(embeds.flatMap(\.relationship.link.ownColumns)).sorted()
  }

  /// The resource that a condition finds rows with or without: `resource=is.null`, possibly negated.
  func embedTested(by filter: Filter) -> Embed? {
    guard filter.field.path.isEmpty, filter.condition.operation == .isKeyword("NULL") else { return nil }
    return embeds.first { $0.key == filter.field.name }
  }
}

/// A resource embedded in the rows around it.
struct Embed: Sendable {
  /// In the answer and in conditions and orders of the rows around it.
  var key: String
  var isInner: Bool
  var isSpread: Bool
  var relationship: Relationship
  var selection: Selection
  /// What its own columns belong to.
  var source: SQLSource
  /// What stands after FROM.
  var origin: String
  /// The name, in SQL, of what it adds to a row around it.
  var alias: String
}
