extension Int64 {
  /// Adds a number of bytes that somebody else told: a sum that no number holds is the largest one.
  package mutating func add(_ other: Int64) {
    let (sum, overflow) = addingReportingOverflow(other)
    self = overflow ? (other < 0 ? .min : .max) : sum
  }
}
