/// A number of bytes, as people write it, `500`, `64KiB`, `10MB`, and as it is shown to them, `1.5 GiB`.
package struct ByteSize: Hashable, Sendable {
  package let byteCount: Int64

  package init(_ byteCount: Int64) {
    self.byteCount = byteCount
  }

  /// Digits, then nothing, `B`, `KiB`…`EiB` (powers of 1024) or `KB`…`EB` (powers of 1000); letters of either case. Nil for
  /// everything else, and for what is more than 64 bits hold.
  package init?(_ text: String) {
    let digits = text.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard let number = Int64(Substring(digits)), let factor = Self.factor(ofUnit: String(text[digits.endIndex...]))
    else {
      return nil
    }
    let (product, overflow) = number.multipliedReportingOverflow(by: factor)
    guard !overflow else { return nil }
    byteCount = product
  }

  private static func factor(ofUnit unit: String) -> Int64? {
    let unit = unit.lowercased()
    if unit.isEmpty || unit == "b" { return 1 }
    for (power, name) in binaryUnits.enumerated() {
      let name = name.lowercased()
      let base: Int64
      if unit == name { base = 1024 } else if unit == name.filter({ $0 != "i" }) { base = 1000 } else { continue }
      return (0...power).reduce(1) { product, _ in product * base }
    }
    return nil
  }

  package static let binaryUnits = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
}

extension ByteSize: Comparable {
  package static func < (left: ByteSize, right: ByteSize) -> Bool { left.byteCount < right.byteCount }
}

extension ByteSize: CustomStringConvertible {
  /// Three significant digits or so: `0 B`, `1023 B`, `1.5 MiB`, `120 GiB`.
  package var description: String {
    guard byteCount >= 1024 else { return "\(byteCount) B" }
    var unit = 0
    // The next unit as soon as this one would read 1024.
    var scale: Int64 = 1024
    while unit + 1 < Self.binaryUnits.count, byteCount >= scale * 1024 - scale / 2 {
      scale *= 1024
      unit += 1
    }
    let (whole, rest) = byteCount.quotientAndRemainder(dividingBy: scale)
    if whole >= 100 { return "\(whole + (rest >= scale / 2 ? 1 : 0)) \(Self.binaryUnits[unit])" }
    // The rest in 1024ths of the unit: ten times the rest itself would overflow for the largest sizes.
    let tenths = whole * 10 + (rest / (scale / 1024) * 10 + 512) / 1024
    return tenths >= 1000 ? "100 \(Self.binaryUnits[unit])" : "\(tenths / 10).\(tenths % 10) \(Self.binaryUnits[unit])"
  }
}
