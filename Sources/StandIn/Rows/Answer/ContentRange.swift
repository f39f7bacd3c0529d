/// Which rows an answer holds, and of how many.
struct ContentRange: CustomStringConvertible {
  private let lower: Int
  private let upper: Int
  private let total: Int?

  /// - Parameters:
  ///   - rowCount: rows in the answer.
  ///   - total: nil when nobody asked.
  init(_ range: RowRange, rowCount: Int, total: Int?) {
    lower = range.lower
    upper = range.lower &+ rowCount &- 1
    self.total = total
  }

  var description: String {
    let rows = total != 0 && lower <= upper ? "\(lower)-\(upper)" : "*"
    return rows + "/" + (total.map(String.init) ?? "*")
  }

  /// The range begins behind the last row.
  var isUnsatisfiable: Bool { total.map { lower > $0 } ?? false }

  var status: Int {
    guard let total else { return 200 }
    if isUnsatisfiable { return 416 }
    return 1 + upper - lower < total ? 206 : 200
  }

  func error(_ range: RowRange) -> RowsError {
    .invalidRange("An offset of \(range.lower) was requested, but there are only \(total ?? 0) rows.")
  }
}
