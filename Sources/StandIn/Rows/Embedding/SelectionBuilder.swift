/// Puts together what a request selects, with the relationships between tables.
struct SelectionBuilder {
  let catalog: Catalog
  /// Rows that an embedded resource has at most, for each row around it; nil for a write's answer, where even the
  /// limits of the request do not count.
  let maxRows: Int?

  /// Where something is selected from.
  private struct Place {
    var table: String
    var depth = 0
    /// All columns have to be named.
    var isInsideArrays = false
  }

  /// Everything but the conditions and the range of the rows themselves.
  ///
  /// - Parameter table: the rows', or the name of a function that returns no table's rows.
  func selection(_ parameters: QueryParameters, of table: String) throws(RowsError) -> Selection {
    let embedded = maxRows == nil ? parameters.embedded.filter { !$0.isRange } : parameters.embedded
    var selection = try selection(parameters.select, embedded, at: Place(table: table))
    selection.order = parameters.order
    try selection.checkOrders(of: table)
    try selection.checkAggregates()
    return selection
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

extension EmbedParameter {
  fileprivate var isRange: Bool { if case .range = value { true } else { false } }
}

extension Selection {
  fileprivate mutating func take(_ value: EmbedParameter.Value) {
    switch value {
    case .condition(let condition): conditions.insert(condition, at: 0)
    case .order(let terms): order = terms
    case .range(let range): self.range = range
    }
  }

  /// Only a row that there is once can give the rows around it their order.
  fileprivate func checkOrders(of table: String) throws(RowsError) {
    for relation in order.compactMap(\.relation) {
      guard let embed = embeds.first(where: { $0.key == relation }) else { throw .notEmbedded(relation) }
      guard embed.relationship.isToOne else { throw .relatedOrder(relation, of: table) }
    }
    for embed in embeds { try embed.selection.checkOrders(of: embed.relationship.target) }
  }

  fileprivate func checkAggregates() throws(RowsError) {
    if columns.contains(where: \.isAggregate) { throw .aggregatesAreOff }
    for embed in embeds { try embed.selection.checkAggregates() }
  }
}
