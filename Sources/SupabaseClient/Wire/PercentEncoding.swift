/// Percent-encoding as both services read it: every byte but the unreserved ones.
package enum PercentEncoding {
  /// RFC 3986: letters, digits, `-`, `.`, `_`, `~`.
  @inlinable static func isUnreserved(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "~"):
      true
    default: false
    }
  }

  /// `text` for a path or a query; `/` stays when `keepingSlashes`.
  package static func encode(_ text: some StringProtocol, keepingSlashes: Bool = false) -> String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count + 16)
    append(text.utf8, keepingSlashes: keepingSlashes, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// How many bytes `encode` makes of it.
  static func encodedByteCount(_ text: some StringProtocol) -> Int {
    text.utf8.reduce(0) { $0 + (isUnreserved($1) ? 1 : 3) }
  }

  private static func append(_ text: some Sequence<UInt8>, keepingSlashes: Bool, to bytes: inout [UInt8]) {
    for byte in text {
      if isUnreserved(byte) || (keepingSlashes && byte == UInt8(ascii: "/")) {
        bytes.append(byte)
      } else {
        bytes.append(UInt8(ascii: "%"))
        bytes.append(hexDigit(byte >> 4))
        bytes.append(hexDigit(byte & 15))
      }
    }
  }

  private static func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
  }
}
