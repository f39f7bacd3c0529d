internal import StorageFormats

extension Timestamp {
  /// Reads RFC 3339 and what PostgreSQL writes: `2026-12-31T10:00:00Z`, `2026-12-31 10:00:00.123456+00:00`, and a date
  /// alone, which means its beginning in UTC. A time of day must say its offset, for otherwise nobody knows whose it is.
  /// Digits beyond the microsecond are dropped; a leap second is the second after it.
  public init?(_ text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    guard let year = rest.takeNumber(4), rest.take("-"), let month = rest.takeNumber(2), rest.take("-"),
      let day = rest.takeNumber(2), let date = CivilDate(year: Int(year), month: Int(month), day: Int(day))
    else { return nil }
    var microseconds = date.daysSince1970 * 86_400_000_000
    if !rest.isEmpty {
      guard let time = rest.takeTimeOfDay(), let offset = rest.takeOffset(), rest.isEmpty else { return nil }
      microseconds += time - offset
    }
    self.init(microseconds: microseconds)
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func take(_ characters: Unicode.Scalar...) -> Bool {
    guard let byte = first, characters.contains(Unicode.Scalar(byte)) else { return false }
    removeFirst()
    return true
  }

  /// Exactly so many digits.
  fileprivate mutating func takeNumber(_ count: Int) -> Int64? {
    let digits = prefix(count)
    guard digits.count == count, digits.allSatisfy(\.isDigit) else { return nil }
    removeFirst(count)
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }

  /// `T10:00:00.5`, in microseconds.
  fileprivate mutating func takeTimeOfDay() -> Int64? {
    guard take("T", "t", " "), let hour = takeNumber(2), take(":"), let minute = takeNumber(2), take(":"),
      let second = takeNumber(2), hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction: Int64 = 0
    if take(".", ",") {
      let digits = prefix(while: \.isDigit)
      guard !digits.isEmpty else { return nil }
      removeFirst(digits.count)
      for place in 0..<6 {
        let digit = digits.dropFirst(place).first ?? UInt8(ascii: "0")
        fraction = fraction * 10 + Int64(digit - UInt8(ascii: "0"))
      }
    }
    return (hour * 3600 + minute * 60 + second) * 1_000_000 + fraction
  }

  /// `Z`, `+02`, `+0200` or `+02:00`, in microseconds.
  fileprivate mutating func takeOffset() -> Int64? {
    if take("Z", "z") { return 0 }
    let isNegative = first == UInt8(ascii: "-")
    guard take("+", "-"), let hours = takeNumber(2) else { return nil }
    let minutes: Int64? = isEmpty ? 0 : take(":") ? takeNumber(2) : takeNumber(2)
    guard let minutes, hours < 24, minutes < 60 else { return nil }
    return (hours * 60 + minutes) * (isNegative ? -60_000_000 : 60_000_000)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
