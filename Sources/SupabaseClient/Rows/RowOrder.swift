/// One term of an order. NULLs come last in both directions.
package struct RowOrder: Hashable, Sendable {
  package enum Direction: String, Sendable {
    case ascending = "asc"
    case descending = "desc"
  }

  package let column: Column
  package let direction: Direction

  package static func ascending(_ column: Column) -> RowOrder { RowOrder(column: column, direction: .ascending) }
  package static func descending(_ column: Column) -> RowOrder { RowOrder(column: column, direction: .descending) }

  var expression: String {
    get throws(InvalidQuery) { "\(try column.expression).\(direction.rawValue).nullslast" }
  }
}

extension Filter {
  /// The rows that follow a row in `order`, which ends in a unique column: the next page. `values` are that row's, as text
  /// exactly as received; none of the columns may be NULL, for no comparison finds NULL.
  package static func after(_ values: [String], in order: [RowOrder]) -> Filter {
    let terms = Array(zip(order, values))
    var alternatives: [Filter] = []
    for (index, (term, value)) in terms.enumerated() {
      let equals = terms[..<index].map { Filter.eq($0.column, $1) }
      let beyond: Filter = term.direction == .ascending ? .gt(term.column, value) : .lt(term.column, value)
      alternatives.append(equals.isEmpty ? beyond : .all(equals + [beyond]))
    }
    return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
  }
}
