/// The result of a hash function: a fixed number of bytes, compared and hashed as a value.
package protocol Digest: Hashable, Sendable, CustomStringConvertible {
  static var byteCount: Int { get }
  static var algorithm: DigestAlgorithm { get }

  /// Nil unless `bytes` holds exactly `byteCount` bytes.
  init?(bytes: some Collection<UInt8>)

  var bytes: [UInt8] { get }
}

/// The hash functions that storage speaks.
public enum DigestAlgorithm: String, Sendable {
  /// 32 bytes; what contents are told apart by.
  case sha256 = "SHA-256"
  /// 16 bytes; what ETags are made of.
  case md5 = "MD5"
}

extension Digest {
  /// Two lower-case hexadecimal digits a byte.
  package var hex: String {
    let digits = Array("0123456789abcdef".utf8)
    let bytes = bytes
    return String(unsafeUninitializedCapacity: 2 * bytes.count) { buffer in
      for (index, byte) in bytes.enumerated() {
        buffer[2 * index] = digits[Int(byte >> 4)]
        buffer[2 * index + 1] = digits[Int(byte & 15)]
      }
      return 2 * bytes.count
    }
  }

  package var description: String { hex }

  /// Reads `hex` back, digits of either case; nil for anything else.
  package init?(hex: some StringProtocol) {
    let digits = Array(hex.utf8)
    guard digits.count == 2 * Self.byteCount else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.byteCount)
    for index in stride(from: 0, to: digits.count, by: 2) {
      guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.init(bytes: bytes)
  }
}

/// The 32 bytes of a SHA-256, kept without an allocation of their own.
package struct SHA256Digest: Digest {
  package static var byteCount: Int { 32 }
  package static var algorithm: DigestAlgorithm { .sha256 }

  private let first: UInt64
  private let second: UInt64
  private let third: UInt64
  private let fourth: UInt64

  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    first = word(bytes.prefix(8))
    second = word(bytes.dropFirst(8).prefix(8))
    third = word(bytes.dropFirst(16).prefix(8))
    fourth = word(bytes.dropFirst(24))
  }

  package var bytes: [UInt8] { [first, second, third, fourth].flatMap(bigEndianBytes) }
}

/// The 16 bytes of an MD5. It proves what a server reports; it protects against nobody.
package struct MD5Digest: Digest {
  package static var byteCount: Int { 16 }
  package static var algorithm: DigestAlgorithm { .md5 }

  private let first: UInt64
  private let second: UInt64

  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == Self.byteCount else { return nil }
    first = word(bytes.prefix(8))
    second = word(bytes.dropFirst(8))
  }

  package var bytes: [UInt8] { [first, second].flatMap(bigEndianBytes) }
}

private func word(_ bytes: some Sequence<UInt8>) -> UInt64 {
  bytes.reduce(0) { $0 << 8 | UInt64($1) }
}

private func bigEndianBytes(_ word: UInt64) -> [UInt8] {
  (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * UInt64($0))) }
}

private func hexValue(_ digit: UInt8) -> UInt8? {
  switch digit {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
  default: nil
  }
}
