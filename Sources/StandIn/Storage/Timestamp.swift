internal import Glibc

/// A moment in UTC.
struct Timestamp: Comparable {
  /// Since 1970.
  var seconds: Int
  var nanoseconds: Int

  static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }

  static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }

  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  private var fields: tm {
    var time = time_t(seconds)
    var fields = tm()
    gmtime_r(&time, &fields)
    return fields
  }

  private static func padded(_ number: some BinaryInteger, _ width: Int = 2) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }

  private static func time(_ fields: tm) -> String {
    "\(padded(fields.tm_hour)):\(padded(fields.tm_min)):\(padded(fields.tm_sec))"
  }

  /// ISO 8601 with milliseconds, as JavaScript prints it.
  var iso8601: String {
    let fields = fields
    let date =
      "\(Self.padded(fields.tm_year + 1900, 4))-\(Self.padded(fields.tm_mon + 1))-\(Self.padded(fields.tm_mday))"
    return "\(date)T\(Self.time(fields)).\(Self.padded(nanoseconds / 1_000_000, 3))Z"
  }

  /// Reads an HTTP date; nil for anything else.
  init?(httpDate text: String) {
    let words = text.split(separator: " ")
    guard words.count == 6, words[5] == "GMT", let day = Int32(words[1]), (1...31).contains(day),
      let month = Self.months.firstIndex(of: String(words[2])), let year = Int32(words[3])
    else { return nil }
    let clock = words[4].split(separator: ":").compactMap { Int32($0) }
    guard clock.count == 3, (0...23).contains(clock[0]), (0...59).contains(clock[1]), (0...60).contains(clock[2])
    else { return nil }
    var fields = tm()
    fields.tm_mday = day
    fields.tm_mon = Int32(month)
    fields.tm_year = year - 1900
    (fields.tm_hour, fields.tm_min, fields.tm_sec) = (clock[0], clock[1], clock[2])
    self.init(seconds: timegm(&fields), nanoseconds: 0)
  }

  init(seconds: Int, nanoseconds: Int) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }
}
