/// The rows from `lower` to `upper`, counted from 0 and both included; without `upper`, all that follow.
struct RowRange: Equatable, Sendable {
  var lower: Int
  var upper: Int?

  static let all = RowRange(lower: 0, upper: nil)
  /// What `limit=0` asks for: allowed although it is empty.
  static let limitZero = RowRange(lower: 0, upper: -1)

  var isEmpty: Bool { upper.map { $0 < lower } ?? false }

  /// The number of rows at most.
  var limit: Int? { upper.map { $0 &- lower &+ 1 } }

  func intersection(_ other: RowRange) -> RowRange {
    if isEmpty { return self }
    if other.isEmpty { return other }
    let upper = [upper, other.upper].compactMap { $0 }.min()
    return RowRange(lower: max(lower, other.lower), upper: upper)
  }

  /// At most `limit` rows of it.
  func restricted(to limit: Int) -> RowRange {
    if self == .limitZero { return self }
    return intersection(RowRange(lower: .min, upper: lower &+ limit &- 1))
  }

  /// `limit=` and `offset=`; a value that is no number counts as not given, almost.
  init(limit: String?, offset: String?) {
    let count = limit.flatMap(Self.number)
    var range = RowRange(lower: 0, upper: count.map { $0 &- 1 })
    if let offset {
      let start = Self.number(offset) ?? 0
      range = RowRange(lower: start, upper: limit == nil ? nil : start &+ (count ?? 0) &- 1)
    }
    self = range
  }

  init(lower: Int, upper: Int?) {
    self.lower = lower
    self.upper = upper
  }

  /// A Range header: `1-2` or `1-`. Anything else is ignored.
  init(header: String?) {
    self = .all
    let parts = (header ?? "").split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let lower = Self.digits(parts[0]) else { return }
    if parts[1].isEmpty {
      self.lower = lower
    } else if let upper = Self.digits(parts[1]) {
      self.lower = lower
      self.upper = upper
    }
  }

  /// Both conditions on the whole answer, checked.
  static func requested(header: RowRange, parameters: RowRange) throws(RowsError) -> RowRange {
    if parameters.upper == -1 { return .limitZero }
    let range = header.intersection(parameters)
    if range.isEmpty {
      throw header.isEmpty
        ? .invalidRange("The lower boundary must be lower than or equal to the upper boundary in the Range header.")
        : .invalidRange("Limit should be greater than or equal to zero.")
    }
    return range
  }

  private static func number(_ text: String) -> Int? {
    let text = trimmed(text)
    let magnitude = text.hasPrefix("-") ? text.dropFirst() : text[...]
    return digits(magnitude).map { text.hasPrefix("-") ? -$0 : $0 }
  }

  /// Too large numbers count as the largest.
  private static func digits(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    return Int(text) ?? .max
  }
}
