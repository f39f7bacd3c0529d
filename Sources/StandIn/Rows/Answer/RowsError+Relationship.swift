// Relationships that are not there, or more than one.

extension RowsError {
  static func relationshipNotFound(
    _ relation: SelectedRelation, of origin: String, in catalog: Catalog
  ) -> RowsError {
    let wanted = relation.name
    let hinted = relation.hint.map { " using the hint '\($0)'" } ?? ""
    let related = catalog.relationships(of: origin).map(\.target)
    let (misspelt, candidates) =
      related.isEmpty
      ? (origin, catalog.foreignKeys.flatMap { [$0.table, $0.referencedTable] })
      : (wanted, related.contains(wanted) ? [] : related)
    let nearest = closestMatch(to: misspelt, in: Set(candidates).sorted(), minimum: 0.33)
    return RowsError(
      status: 400, code: "PGRST200",
      message: "Could not find a relationship between '\(origin)' and '\(wanted)' in the schema cache",
      details: .string(
        "Searched for a foreign key relationship between '\(origin)' and '\(wanted)'\(hinted) in the schema "
          + "'\(RowsRequest.schema)', but no matches were found."),
      hint: nearest.map { .string("Perhaps you meant '\($0)' instead of '\(misspelt)'.") } ?? .null)
  }

  static func ambiguousRelationship(
    _ resource: String, of origin: String, _ candidates: [Relationship]
  ) -> RowsError {
    let hints = candidates.map { "'\($0.target)!\($0.junction?.table ?? $0.link.constraint)'" }
    return RowsError(
      status: 300, code: "PGRST201",
      message:
        "Could not embed because more than one relationship was found for '\(origin)' and '\(resource)'",
      details: .array(candidates.map(\.description)),
      hint: .string(
        "Try changing '\(resource)' to one of the following: \(hints.joined(separator: ", ")). "
          + "Find the desired relationship in the 'details' key."))
  }
}

extension Relationship {
  fileprivate var description: JSON {
    func list(_ columns: [String]) -> String { "(" + columns.joined(separator: ", ") + ")" }
    let relationship =
      if let junction {
        "\(junction.table) using \(link.constraint)\(list(link.otherColumns)) and "
          + "\(junction.link.constraint)\(list(junction.link.ownColumns))"
      } else {
        "\(link.constraint) using \(origin)\(list(link.ownColumns)) and \(target)\(list(link.otherColumns))"
      }
    return [
      "cardinality": .string(cardinality.rawValue), "embedding": .string("\(origin) with \(target)"),
      "relationship": .string(relationship),
    ]
  }
}
