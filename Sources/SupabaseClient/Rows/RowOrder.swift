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
  /// The rows that follow a row in `order`, which ends in a unique column without NULLs: the next page. `values` are that
  /// row's, as text exactly as received; nil where it holds NULL.
  package static func after(_ values: [String?], in order: [RowOrder]) -> Filter {
    let terms = Array(zip(order, values))
    var alternatives: [Filter] = []
    for (index, (term, value)) in terms.enumerated() {
      // NULLs are the last: nothing follows one in its own column.
      guard let value else { continue }
      let equals = terms[..<index].map { term, value in
        value.map { .eq(term.column, $0) } ?? Filter.isNull(term.column)
      }
      var beyond: [Filter] = [term.direction == .ascending ? .gt(term.column, value) : .lt(term.column, value)]
      if index < terms.count - 1 { beyond.append(.isNull(term.column)) }
      alternatives += beyond.map { equals.isEmpty ? $0 : .all(equals + [$0]) }
    }
    return alternatives.count == 1 ? alternatives[0] : .any(alternatives)
  }
}
