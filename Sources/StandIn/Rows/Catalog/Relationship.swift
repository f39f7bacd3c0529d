/// A foreign key.
struct CatalogForeignKey: Equatable, Sendable {
  var name: String
  var table: String
  var columns: [String]
  var referencedTable: String
  /// In the order of `columns`.
  var referencedColumns: [String]
  /// At most one row has the same values in `columns`.
  var isUnique: Bool
}

/// How the rows of one table find those of another.
struct Relationship: Equatable, Sendable {
  /// In the order in which PostgREST lists them.
  enum Cardinality: String, CaseIterable, Sendable {
    case oneToMany = "one-to-many"
    case manyToOne = "many-to-one"
    case oneToOne = "one-to-one"
    case manyToMany = "many-to-many"
  }

  struct Link: Equatable, Sendable {
    var constraint: String
    var ownColumns: [String]
    /// In the order of `ownColumns`.
    var otherColumns: [String]
  }

  /// A table whose rows stand between.
  struct Junction: Equatable, Sendable {
    var table: String
    /// From the junction to the target.
    var link: Link
  }

  var cardinality: Cardinality
  var origin: String
  var target: String
  /// From the origin to the target, or to the junction.
  var link: Link
  var junction: Junction?

  var isToOne: Bool { cardinality == .manyToOne || cardinality == .oneToOne }
}

extension Catalog {
  /// Those that begin at a table, in PostgREST's order.
  func relationships(of table: String) -> [Relationship] {
    let direct = foreignKeys.filter { $0.table == table }.map { key in
      Relationship(
        cardinality: key.isUnique ? .oneToOne : .manyToOne, origin: table, target: key.referencedTable,
        link: .init(constraint: key.name, ownColumns: key.columns, otherColumns: key.referencedColumns))
    }
    let referencing = foreignKeys.filter { $0.referencedTable == table }
    let inverse = referencing.map { key in
      Relationship(
        cardinality: key.isUnique ? .oneToOne : .oneToMany, origin: table, target: key.table,
        link: .init(constraint: key.name, ownColumns: key.referencedColumns, otherColumns: key.columns))
    }
    return (direct + inverse + referencing.flatMap(throughJunction)).sorted {
      $0.rank.lexicographicallyPrecedes($1.rank)
    }
  }

  /// Those that a junction makes: a table whose primary key holds both foreign keys.
  private func throughJunction(_ first: CatalogForeignKey) -> [Relationship] {
    guard !first.isUnique, let key = tables[first.table]?.primaryKey else { return [] }
    return foreignKeys.filter { second in
      second.table == first.table && second.name != first.name && !second.isUnique
        && Set(first.columns + second.columns).isSubset(of: key)
    }.map { second in
      Relationship(
        cardinality: .manyToMany, origin: first.referencedTable, target: second.referencedTable,
        link: .init(constraint: first.name, ownColumns: first.referencedColumns, otherColumns: first.columns),
        junction: .init(
          table: first.table,
          link: .init(constraint: second.name, ownColumns: second.columns, otherColumns: second.referencedColumns)))
    }
  }
}

extension Relationship {
  fileprivate var rank: [String] {
    let cardinality = Cardinality.allCases.firstIndex(of: cardinality) ?? 0
    return [target, String(cardinality), junction?.table ?? "", link.constraint, junction?.link.constraint ?? ""]
  }
}
