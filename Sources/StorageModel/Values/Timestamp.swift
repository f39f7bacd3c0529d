internal import Glibc
internal import StorageFormats

/// A moment in UTC, to the microsecond, as PostgreSQL keeps them; of the years 1 to 9999.
public struct Timestamp: Hashable, Sendable {
  /// Since 1970-01-01T00:00:00Z.
  public let microseconds: Int64

  /// The same, cut off: as far as the service's list and its description of one object tell alike.
  package var milliseconds: Int64 { microseconds / 1000 }

  private static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
  private static let day: Int64 = 86_400_000_000

  /// Nil outside the years 1 to 9999.
  public init?(microseconds: Int64) {
    guard Self.range.contains(microseconds) else { return nil }
    self.microseconds = microseconds
  }

  /// By this machine's clock.
  public static var now: Timestamp {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Timestamp(clamping: Int64(now.tv_sec) * 1_000_000 + Int64(now.tv_nsec) / 1000)
  }

  private init(clamping microseconds: Int64) {
    self.microseconds = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
  }

  /// Later by `duration`, or earlier; nil beyond the years 1 to 9999.
  public func adding(_ duration: Duration) -> Timestamp? {
    let (seconds, attoseconds) = duration.components
    let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let (sum, overflows) = whole.addingReportingOverflow(microseconds + attoseconds / 1_000_000_000_000)
    return overflow || overflows ? nil : Timestamp(microseconds: sum)
  }
}

extension Timestamp: Comparable {
  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }
}

extension Timestamp: CustomStringConvertible {
  /// In RFC 3339, with as many digits of a second as are needed: `2026-12-31T10:00:00Z`, `2026-12-31T10:00:00.25Z`.
  public var description: String {
    let days = microseconds.quotientAndRemainder(dividingBy: Self.day)
    let (whole, rest) = days.remainder < 0 ? (days.quotient - 1, days.remainder + Self.day) : days
    let date = CivilDate(daysSince1970: whole)
    let (seconds, fraction) = rest.quotientAndRemainder(dividingBy: 1_000_000)
    var text = "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))T"
    text += "\(padded(seconds / 3600, 2)):\(padded(seconds / 60 % 60, 2)):\(padded(seconds % 60, 2))"
    if fraction > 0 {
      var digits = padded(fraction, 6)
      while digits.last == "0" { digits.removeLast() }
      text += ".\(digits)"
    }
    return text + "Z"
  }
}

extension Timestamp {
  /// With all six digits of a second, so that texts sort as moments do: `2026-12-31T10:00:00.250000+00:00`.
  package var columnText: String {
    let text = description.dropLast()
    let digits = text.split(separator: ".").dropFirst().first ?? ""
    return text.prefix(19) + ".\(digits)" + String(repeating: "0", count: 6 - digits.count) + "+00:00"
  }
}

private func padded(_ number: some BinaryInteger, _ count: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, count - digits.count)) + digits
}
