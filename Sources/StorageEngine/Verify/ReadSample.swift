public import StorageModel

/// One of so many parts of all files, another one each day: after that many days every file had its turn exactly once.
public struct ReadSample: Hashable, Sendable, LosslessStringConvertible {
  /// All files, every day.
  public static let all = ReadSample(partCount: 1)

  /// How many parts all contents are cut into; one of them is read a day.
  public let partCount: Int

  private init(partCount: Int) {
    self.partCount = partCount
  }

  /// `1/30`; nil for anything else than one of 1 to 1000 parts.
  public init?(_ description: String) {
    let parts = description.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "1", let count = Int(parts[1]), (1...1000).contains(count),
      String(count) == parts[1]
    else { return nil }
    partCount = count
  }

  public var description: String { "1/\(partCount)" }

  /// Whether a file's turn is on that day, counted from 1970-01-01 in UTC.
  public func includes(_ id: FileID, on day: Int) -> Bool {
    Int(id.firstBits % UInt64(partCount)) == ((day % partCount) + partCount) % partCount
  }
}

extension Timestamp {
  /// Since 1970-01-01, UTC.
  var day: Int {
    let (days, rest) = microseconds.quotientAndRemainder(dividingBy: 86_400_000_000)
    return Int(rest < 0 ? days - 1 : days)
  }
}
