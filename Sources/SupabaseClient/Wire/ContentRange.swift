/// A `Content-Range` field: `bytes 0-4/10` of a download, `0-4/10`, `*/10` or `0-4/*` of rows.
struct ContentRange: Equatable {
  let range: Range<Int64>
  let total: Int64?

  /// Of a download; nil for anything but bytes.
  init?(bytes field: String?) {
    guard let rest = field?.removing(prefix: "bytes "), let slash = rest.firstIndex(of: "/") else { return nil }
    let ends = rest[..<slash].split(separator: "-", omittingEmptySubsequences: false).map { Int64($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first >= 0, last >= first, last < .max else {
      return nil
    }
    range = first..<last + 1
    total = Int64(rest[rest.index(after: slash)...])
  }

  /// How many rows there are in all, where they were counted.
  static func rowTotal(_ field: String?) -> Int? {
    guard let field, let slash = field.lastIndex(of: "/") else { return nil }
    return Int(field[field.index(after: slash)...]).flatMap { $0 < 0 ? nil : $0 }
  }

  /// How many rows the answer is about: `0-4/*` are five.
  static func rowCount(_ field: String?) -> Int? {
    guard let field, let slash = field.lastIndex(of: "/") else { return nil }
    if field[..<slash] == "*" { return 0 }
    let ends = field[..<slash].split(separator: "-").map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], last >= first else { return nil }
    return last - first + 1
  }
}
