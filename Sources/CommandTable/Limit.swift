/// What an option accepts within its type: `.within(1...64)`.
public struct Limit<Value: ArgumentValue>: Sendable {
  let expected: String
  let allows: @Sendable (Value) -> Bool
}

extension Limit where Value: Comparable {
  public static func within(_ range: ClosedRange<Value>) -> Limit {
    Limit(
      expected: Value.expected + " from \(range.lowerBound.argumentText) to \(range.upperBound.argumentText)",
      allows: range.contains)
  }

  public static func atLeast(_ least: Value) -> Limit {
    Limit(expected: Value.expected + ", \(least.argumentText) or more", allows: { $0 >= least })
  }
}
