extension Catalog {
  /// The one relationship that a request means.
  ///
  /// - Parameters:
  ///   - origin: the table around, or a function that returns no table's rows.
  ///   - relation: names the target or the foreign key.
  func relationship(from origin: String, to relation: SelectedRelation) throws(RowsError) -> Relationship {
    let found = relationships(of: origin).filter { $0.isMeant(by: relation) }
    guard let first = found.first else { throw .relationshipNotFound(relation, of: origin, in: self) }
    guard found.count == 1 else { throw .ambiguousRelationship(relation.name, of: origin, found) }
    return first
  }
}

extension Relationship {
  fileprivate func isMeant(by relation: SelectedRelation) -> Bool {
    if origin == target { return isMeantWithin(relation) }
    guard let hint = relation.hint else {
      return relation.name == target || isNamed(relation.name) || isOwnColumn(relation.name)
    }
    return relation.name == target
      && (isNamed(hint) || isOwnColumn(hint) || isOtherColumn(hint) || junction?.table == hint)
  }

  /// Of a table with itself: its name stands for the many, the column's for the one.
  private func isMeantWithin(_ relation: SelectedRelation) -> Bool {
    if let hint = relation.hint {
      return cardinality == .oneToMany && relation.name == target && isOtherColumn(hint)
    }
    return cardinality == .oneToMany && relation.name == target
      || cardinality == .manyToOne && isOwnColumn(relation.name)
  }

  private func isNamed(_ name: String) -> Bool { junction == nil && link.constraint == name }
  private func isOwnColumn(_ name: String) -> Bool { junction == nil && link.ownColumns == [name] }
  private func isOtherColumn(_ name: String) -> Bool { junction == nil && link.otherColumns == [name] }
}
