extension Timestamp {
  /// The moment that `metadata.expires_at` says, read exactly as the function `supastore_moment` of the schema reads it:
  /// `2026-12-31T10:00:00Z`, `2026-12-31 10:00+02`. A time without its zone is nobody's, and a date alone is none: by a
  /// lax reading something could be over too early.
  package init?(expiry text: String) {
    let bytes = Array(text.utf8)
    // Up to the minute all places are fixed; the date itself is read below.
    guard bytes.count >= 17, Self.matches(bytes[..<16], "dddd-dd-ddTdd:dd") else { return nil }
    var rest = bytes[16...]
    var seconds = "00"
    var fraction = ""
    if rest.first == UInt8(ascii: ":") {
      guard rest.count > 3, Self.matches(rest.dropFirst().prefix(2), "dd") else { return nil }
      seconds = String(decoding: rest.dropFirst().prefix(2), as: UTF8.self)
      rest = rest.dropFirst(3)
      if rest.first == UInt8(ascii: ".") {
        let digits = rest.dropFirst().prefix { Self.isDigit($0) }
        guard !digits.isEmpty else { return nil }
        fraction = ".\(String(decoding: digits, as: UTF8.self))"
        rest = rest.dropFirst(1 + digits.count)
      }
    }
    let zones = ["Z", "+dd", "-dd", "+dddd", "-dddd", "+dd:dd", "-dd:dd"]
    guard zones.contains(where: { Self.matches(rest, $0) }) else { return nil }
    // PostgreSQL knows no zone further away, and takes 24:00 for the end of the day.
    if rest.count > 1, String(decoding: rest.dropFirst().prefix(2), as: UTF8.self) > "15" { return nil }
    var (day, isNextDay) = (String(decoding: bytes[..<11], as: UTF8.self), false)
    if bytes[11...12].elementsEqual("24".utf8) {
      guard bytes[14...15].elementsEqual("00".utf8), seconds == "00", fraction.allSatisfy({ ".0".contains($0) }) else {
        return nil
      }
      isNextDay = true
      day += "00:00"
    } else {
      day += String(decoding: bytes[11..<16], as: UTF8.self)
    }
    guard !day.hasPrefix("0000"),
      let moment = Timestamp("\(day):\(seconds)\(fraction)\(String(decoding: rest, as: UTF8.self))"),
      let shifted = moment.adding(isNextDay ? .seconds(86_400) : .zero)
    else { return nil }
    self = shifted
  }

  /// Where `d` is any digit and `T` may be a space.
  private static func matches(_ bytes: ArraySlice<UInt8>, _ form: String) -> Bool {
    bytes.count == form.utf8.count
      && zip(bytes, form.utf8).allSatisfy { byte, place in
        switch place {
        case UInt8(ascii: "d"): isDigit(byte)
        case UInt8(ascii: "T"): byte == place || byte == UInt8(ascii: " ")
        default: byte == place
        }
      }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
