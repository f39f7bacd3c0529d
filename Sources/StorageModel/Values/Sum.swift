extension Int64 {
  /// Adds a number of bytes that somebody else told: a sum that no number holds is the largest one.
  package mutating func add(_ other: Int64) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? (other < 0 ? .min : .max) : sum
  }

  /// Takes away such a number: a difference that no number holds is the nearest one.
  package mutating func subtract(_ other: Int64) {
    let (difference, overflow) = subtractingReportingOverflow(other)
    self = overflow ? (other < 0 ? .max : .min) : difference
  }
}

extension Sequence<Int64> {
  /// The same of all of them.
  package var sum: Int64 { reduce(into: 0) { $0.add($1) } }
}
