import CurlHTTP

/// The `Retry-After` field: seconds, or a date taken against the answer's own `Date`, so that our clock does not matter.
enum RetryAfter {
  static func duration(in reply: HTTPReply) -> Duration? {
    guard let field = reply.header("Retry-After") else { return nil }
    if let seconds = Int64(field) { return seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil }
    guard let until = seconds(ofDate: field), let now = reply.header("Date").flatMap(seconds(ofDate:)) else {
      return nil
    }
    return .seconds(min(max(until - now, 0), 86_400))
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT` as seconds since 1970.
  static func seconds(ofDate text: String) -> Int64? {
    let parts = text.split { $0 == " " || $0 == ":" || $0 == "," }
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    guard parts.count == 8, parts[7] == "GMT", let day = Int64(parts[1]), (1...31).contains(day),
      let month = months.firstIndex(where: { $0 == parts[2] }), let year = Int64(parts[3]),
      (1970...9999).contains(year),
      let hour = Int64(parts[4]), let minute = Int64(parts[5]), let second = Int64(parts[6]),
      (0...23).contains(hour), (0...59).contains(minute), (0...60).contains(second)
    else { return nil }
    return days(year: year, month: Int64(month) + 1, day: day) * 86_400 + hour * 3600 + minute * 60 + second
  }

  /// Days from 1970-01-01 in the Gregorian calendar; years are counted from March so that leap days come last.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear / 400
    let yearOfEra = marchYear % 400
    let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}
