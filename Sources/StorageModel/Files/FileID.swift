internal import StorageDigests

/// The id of a file's row: a UUID of version 8 when we chose it, any UUID when another program did.
public struct FileID: Hashable, Sendable, LosslessStringConvertible {
  private let high: UInt64
  private let low: UInt64

  /// The first 16 bytes of `digest`, marked as version 8 of RFC 9562.
  init(_ digest: SHA256Digest) {
    let bytes = digest.bytes
    let high = bytes[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let low = bytes[8..<16].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    self.high = high & ~0xf000 | 0x8000
    self.low = low & ~(0b11 << 62) | 0b10 << 62
  }

  /// Reads the usual form, digits of either case: 8-4-4-4-12.
  public init?(_ description: String) {
    let groups = description.split(separator: "-", omittingEmptySubsequences: false)
    guard groups.map(\.utf8.count) == [8, 4, 4, 4, 12], let bytes = MD5Digest(hex: groups.joined())?.bytes
    else { return nil }
    high = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The usual form in lower case.
  public var description: String {
    let digits = hexadecimal(high) + hexadecimal(low)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if [8, 12, 16, 20].contains(index) { text.append("-") }
      text.append(digit)
    }
    return text
  }

  /// Its 16 bytes.
  package var bytes: [UInt8] {
    [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
  }

  /// Whether it is of version 8, as all are that we chose.
  package var isMadeFromContent: Bool { high & 0xf000 == 0x8000 && low >> 62 == 0b10 }

  /// The first 48 bits: random ones in all versions of UUIDs but the oldest.
  package var firstBits: UInt64 { high >> 16 }

  /// The first 16 hexadecimal digits: what a storage path shows of the id.
  public var pathTag: String { hexadecimal(high) }
}

private func hexadecimal(_ word: UInt64) -> String {
  let digits = String(word, radix: 16)
  return String(repeating: "0", count: 16 - digits.utf8.count) + digits
}
