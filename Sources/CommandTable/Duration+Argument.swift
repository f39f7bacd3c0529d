extension Duration: ArgumentValue {
  /// Digits and a unit: `ms`, `s`, `m`, `h`, `d`. A bare number is refused: nobody remembers which unit it would mean.
  public init?(argument: RawArgument) {
    guard let (number, unit) = argument.numberAndUnit else { return nil }
    let milliseconds: Int64
    switch unit {
    case "ms": milliseconds = 1
    case "s": milliseconds = 1000
    case "m": milliseconds = 60_000
    case "h": milliseconds = 3_600_000
    case "d": milliseconds = 86_400_000
    default: return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: milliseconds)
    guard !overflow else { return nil }
    self = .milliseconds(product)
  }

  public static var kind: ValueKind { .duration }

  /// In the largest unit that divides it: `30d`, `90s`, `1500ms`.
  public var argumentText: String {
    let milliseconds = components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    for (unit, length) in [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)] as [(String, Int64)]
    where milliseconds != 0 && milliseconds % length == 0 {
      return "\(milliseconds / length)\(unit)"
    }
    return "\(milliseconds)ms"
  }
}

extension RawArgument {
  /// `10MiB` → (10, "MiB"). `nil` without leading digits or when they do not fit.
  var numberAndUnit: (Int64, String)? {
    guard let text else { return nil }
    let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let number = Int64(Substring(digits)) else { return nil }
    return (number, String(text[digits.endIndex...]))
  }
}
