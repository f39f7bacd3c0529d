// How a request and the relationships between tables make a selection.

extension Selection {
  /// - Parameters:
  ///   - table: whose rows are read, or a function's name.
  ///   - maxRows: rows that each level has at most.
  static func ofRows(
    read parameters: QueryParameters, from table: String, catalog: Catalog, maxRows: Int, range: RowRange
  ) throws(RowsError) -> Selection {
    var selection = try SelectionBuilder(catalog: catalog, maxRows: maxRows)
      .selection(parameters.select, parameters.embedded, of: table)
    selection.conditions = parameters.conditions
    selection.order = parameters.order
    selection.range = range.restricted(to: maxRows)
    try selection.check(table)
    return selection
  }

  /// Of rows that a write returned: its own conditions chose them already, and no level is cut.
  static func ofRows(
    written parameters: QueryParameters, to table: String, catalog: Catalog
  ) throws(RowsError) -> Selection {
    let parameters = (
      select: parameters.select, order: parameters.order,
      embedded: parameters.embedded.filter { if case .range = $0.value { false } else { true } }
    )
    var selection = try SelectionBuilder(catalog: catalog, maxRows: nil)
      .selection(parameters.select, parameters.embedded, of: table)
    selection.order = parameters.order
    try selection.check(table)
    return selection
  }

  /// What the server refuses once all resources are found.
  private func check(_ table: String) throws(RowsError) {
    try checkOrders(table)
    try checkAggregates()
  }

  private func checkOrders(_ table: String) throws(RowsError) {
    for relation in order.compactMap(\.relation) {
      guard let embed = embeds.first(where: { $0.key == relation }) else { throw .notEmbedded(relation) }
      guard embed.relationship.isToOne else { throw .relatedOrder(relation, of: table) }
    }
    for embed in embeds { try embed.selection.checkOrders(embed.relationship.target) }
  }

  private func checkAggregates() throws(RowsError) {
    if columns.contains(where: \.isAggregate) { throw .aggregatesAreOff }
    for embed in embeds { try embed.selection.checkAggregates() }
  }
}

private struct SelectionBuilder {
  let catalog: Catalog
  let maxRows: Int?

  /// Where a resource is embedded.
  struct Place {
    var table: String
    var depth = 0
    /// All columns have to be named.
    var isInsideArrays = false
  }

  func selection(
    _ items: [SelectItem], _ parameters: [EmbedParameter], of table: String
  ) throws(RowsError) -> Selection {
    try selection(items, parameters, at: Place(table: table))
  }

  private func selection(
    _ items: [SelectItem], _ parameters: [EmbedParameter], at place: Place
  ) throws(RowsError) -> Selection {
    var selection = Selection(columns: [])
    var relations: [(relation: SelectedRelation, parameters: [EmbedParameter])] = []
    for item in items {
      switch item {
      case .column(let column): selection.columns += columns(column, at: place)
      case .relation(let relation): relations.append((relation, []))
      }
    }
    for parameter in parameters {
      guard let name = parameter.path.first else {
        selection.take(parameter.value)
        continue
      }
      let index = relations.firstIndex { $0.relation.name == name || $0.relation.alias == name }
      guard let index else { throw .notEmbedded(name) }
      // What a parameter speaks of moves to the front.
      var found = relations.remove(at: index)
      found.parameters.append(EmbedParameter(path: Array(parameter.path.dropFirst()), value: parameter.value))
      relations.insert(found, at: 0)
    }
    if let maxRows, place.depth > 0 { selection.range = selection.range.restricted(to: maxRows) }
    for (relation, parameters) in relations {
      selection.embeds.append(try embed(relation, parameters, at: place))
    }
    return selection
  }

  private func embed(
    _ relation: SelectedRelation, _ parameters: [EmbedParameter], at place: Place
  ) throws(RowsError) -> Embed {
    let relationship = try catalog.relationship(from: place.table, to: relation)
    let inside = Place(
      table: relationship.target, depth: place.depth + 1,
      isInsideArrays: place.isInsideArrays || relation.isSpread && !relationship.isToOne)
    let selection = try selection(relation.select, parameters, at: inside)
    let table = catalog.tables[relationship.target]
    var source = SQLSource(name: quoted("\(relationship.target)_\(inside.depth)"), table: table)
    var origin = SQLSource.name(ofTable: relationship.target)
    if let junction = relationship.junction {
      source.name = origin
      origin += ", " + SQLSource.name(ofTable: junction.table)
    } else {
      origin += " AS " + source.name
    }
    return Embed(
      key: relation.key, isInner: relation.isInner, isSpread: relation.isSpread, relationship: relationship,
      selection: selection, source: source, origin: origin,
      alias: quoted("\(place.table)_\(relation.key)_\(inside.depth)"))
  }

  private func columns(_ column: SelectedColumn, at place: Place) -> [SelectedColumn] {
    guard place.isInsideArrays, column == .everything, let table = catalog.tables[place.table] else { return [column] }
    return table.columns.map { SelectedColumn(field: Field(name: $0.name)) }
  }
}

extension Selection {
  fileprivate mutating func take(_ value: EmbedParameter.Value) {
    switch value {
    case .condition(let condition): conditions.insert(condition, at: 0)
    case .order(let terms): order = terms
    case .range(let range): self.range = range
    }
  }
}
