/// A number of bytes with a decimal unit: `20MB`, `1.5kb`, `10B`.
struct ByteCount {
  let bytes: Double

  /// The number is rounded to three significant digits before it is scaled, as the real server does.
  init?(_ text: String) {
    let units: KeyValuePairs<String, Double> = ["gb": 1e9, "mb": 1e6, "kb": 1e3, "b": 1]
    let lowered = text.lowercased()
    guard let (unit, scale) = units.first(where: { lowered.hasSuffix($0.key) }) else { return nil }
    let digits = lowered.dropLast(unit.count)
    let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
      let number = Double(digits)
    else { return nil }
    bytes = (Self.rounded(number) * scale).rounded()
  }

  private static func rounded(_ number: Double) -> Double {
    guard number > 0, number.isFinite else { return number }
    var scale = 1.0
    while number / scale >= 1000 { scale *= 10 }
    if scale > 1 { return (number / scale).rounded() * scale }
    while number * scale < 100 { scale *= 10 }
    return (number * scale).rounded() / scale
  }
}
