/// What a column can hold at all; an answer that says anything else cannot be read.
extension KeyedDecodingContainer {
  /// In bytes; nil: NULL.
  package func decodeByteCount(forKey key: Key) throws -> Int64? {
    let count = try decodeIfPresent(Int64.self, forKey: key)
    guard count ?? 0 >= 0 else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "a size below zero")
    }
    return count
  }

  /// How many of something; so few that a thousand of them can be added.
  package func decodeCount(forKey key: Key) throws -> Int {
    let count = try decode(Int.self, forKey: key)
    guard (0...1 << 50).contains(count) else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "a count that is none")
    }
    return count
  }

  /// When something was done, as the database wrote it; nil: NULL.
  package func decodeTime(forKey key: Key) throws -> String? {
    try decodeIfPresent(String.self, forKey: key) == nil ? nil : requireTime(forKey: key)
  }

  /// The same of a column that is never NULL.
  package func requireTime(forKey key: Key) throws -> String {
    let text = try decode(String.self, forKey: key)
    guard isPlausibleTime(text) else {
      throw DecodingError.dataCorruptedError(forKey: key, in: self, debugDescription: "a time that cannot be")
    }
    return text
  }
}

/// Whether a text is a time at which a service can have done something. What this machine noted itself is not held against
/// that: its clock may have been wrong.
package func isPlausibleTime(_ text: String) -> Bool {
  Timestamp(text).map { plausibleTimes.contains($0.microseconds) } ?? false
}

/// The years 2000 to 2199, in microseconds: nothing was stored before, and no clock is that far ahead.
private let plausibleTimes: Range<Int64> = 946_684_800_000_000..<7_258_118_400_000_000
