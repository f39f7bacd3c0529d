/// What the Prefer headers ask for.
struct Preferences: Equatable, Sendable {
  enum Resolution: String, CaseIterable, Sendable {
    case mergeDuplicates = "resolution=merge-duplicates"
    case ignoreDuplicates = "resolution=ignore-duplicates"
  }
  enum Missing: String, CaseIterable, Sendable {
    case defaults = "missing=default"
    case nulls = "missing=null"
  }
  enum Representation: String, CaseIterable, Sendable {
    case full = "return=representation"
    case headersOnly = "return=headers-only"
    case minimal = "return=minimal"
  }
  enum Count: String, CaseIterable, Sendable {
    case exact = "count=exact"
    case planned = "count=planned"
    case estimated = "count=estimated"
  }
  enum Handling: String, CaseIterable, Sendable {
    case strict = "handling=strict"
    case lenient = "handling=lenient"
  }

  var resolution: Resolution?
  var missing: Missing?
  var representation: Representation?
  var count: Count?
  var handling: Handling?
  var timezone: String?
  /// Counts only with strict handling.
  var maxAffected: Int?
  /// Those that nobody knows, as sent.
  private(set) var unknown: [String] = []

  /// - Parameter isTimezone: asked at most once.
  init(_ headers: [String], isTimezone: (String) throws(RowsError) -> Bool) throws(RowsError) {
    let words = headers.flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
      .map { trimmed(String($0)) }
    resolution = Self.first(words)
    missing = Self.first(words)
    representation = Self.first(words)
    count = Self.first(words)
    handling = Self.first(words)
    if let zone = Self.value("timezone=", words), try isTimezone(zone) { timezone = zone }
    maxAffected = Self.value("max-affected=", words).flatMap { Int($0) }
    let zoneIsKnown = timezone != nil
    unknown = words.filter { word in
      !Self.known.contains(word) && !word.hasPrefix("max-affected=")
        && !(zoneIsKnown && word.hasPrefix("timezone="))
    }
  }

  var isStrict: Bool { handling == .strict }

  func refuseUnknown() throws(RowsError) {
    if isStrict, !unknown.isEmpty { throw .unknownPreferences(unknown) }
  }

  /// Whether the exact number of rows is to be counted.
  var countsExactly: Bool { count == .exact || count == .estimated }

  /// The preferences that an answer of some kind says it applied.
  struct Echo: OptionSet {
    let rawValue: Int
    static let resolution = Echo(rawValue: 1)
    static let missing = Echo(rawValue: 2)
    static let representation = Echo(rawValue: 4)
    static let maxAffected = Echo(rawValue: 8)
  }

  /// The value of Preference-Applied. Count, handling and time zone are always among them.
  func applied(_ echo: Echo) -> String? {
    let words = [
      echo.contains(.resolution) ? resolution?.rawValue : nil,
      echo.contains(.missing) ? missing?.rawValue : nil,
      echo.contains(.representation) ? representation?.rawValue : nil,
      count?.rawValue, handling?.rawValue, timezone.map { "timezone=" + $0 },
      echo.contains(.maxAffected) && isStrict ? maxAffected.map { "max-affected=\($0)" } : nil,
    ].compactMap { $0 }
    return words.isEmpty ? nil : words.joined(separator: ", ")
  }

  private static let known: Set<String> = Set(
    Resolution.allCases.map(\.rawValue) + Missing.allCases.map(\.rawValue)
      + Representation.allCases.map(\.rawValue) + Count.allCases.map(\.rawValue)
      + Handling.allCases.map(\.rawValue) + ["tx=commit", "tx=rollback"])

  private static func first<Preference: RawRepresentable<String>>(_ words: [String]) -> Preference? {
    for word in words {
      if let preference = Preference(rawValue: word) { return preference }
    }
    return nil
  }

  private static func value(_ prefix: String, _ words: [String]) -> String? {
    words.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
  }
}
