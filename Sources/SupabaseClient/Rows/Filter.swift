package import StorageFormats

/// A condition on rows. Values are taken as they are: all quoting and encoding happens here.
package indirect enum Filter: Hashable, Sendable {
  package enum Comparison: String, Sendable {
    case eq, neq, gt, gte, lt, lte
  }

  /// Never true of NULL, `neq` neither.
  case compare(Column, Comparison, String)
  case text(Column, TextPattern)
  /// True for no row when the list is empty.
  case isOneOf(Column, [String])
  case isNull(Column)
  /// The JSON column holds all of this.
  case contains(Column, JSONValue)
  case any([Filter])
  case all([Filter])
  case not(Filter)

  package static func eq(_ column: Column, _ value: String) -> Filter { .compare(column, .eq, value) }
  package static func neq(_ column: Column, _ value: String) -> Filter { .compare(column, .neq, value) }
  package static func gt(_ column: Column, _ value: String) -> Filter { .compare(column, .gt, value) }
  package static func gte(_ column: Column, _ value: String) -> Filter { .compare(column, .gte, value) }
  package static func lt(_ column: Column, _ value: String) -> Filter { .compare(column, .lt, value) }
  package static func lte(_ column: Column, _ value: String) -> Filter { .compare(column, .lte, value) }
}

/// The filters of a change: at least one, all of which a row must meet.
package struct ChangeFilters: Hashable, Sendable {
  let filters: [Filter]

  package init(_ first: Filter, _ rest: Filter...) {
    filters = [first] + rest
  }
}

extension Filter {
  /// Cuts a long list for `isOneOf` so that each part takes at most `encodedByteLimit` bytes of a URL; with the rest of a
  /// query that stays under the 6 KiB that every hop passes. A value that is longer by itself is a part of its own.
  package static func parts(of values: [String], encodedByteLimit: Int = 5 * 1024 + 512) -> [ArraySlice<String>] {
    var parts: [ArraySlice<String>] = []
    var start = 0
    var byteCount = 0
    for (index, value) in values.enumerated() {
      let size = PercentEncoding.encodedByteCount(quote(value)) + 3
      if index > start, byteCount + size > encodedByteLimit {
        parts.append(values[start..<index])
        start = index
        byteCount = 0
      }
      byteCount += size
    }
    if start < values.count { parts.append(values[start...]) }
    return parts
  }
}
