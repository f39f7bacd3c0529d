/// Base64 in both of its alphabets.
enum Base64 {
  private static let standard = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
  private static let urlSafe = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

  /// The bytes, padding or not; nil when a character is foreign to both alphabets.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    decode(text.utf8, skipsForeign: false)?.bytes
  }

  /// As Node reads it: what is foreign is skipped.
  static func decodeLeniently(_ text: some StringProtocol) -> [UInt8] {
    decode(text.utf8, skipsForeign: true)?.bytes ?? []
  }

  /// The alphabet of URLs alone; nil also for a single character at the end, which is no byte.
  static func decodeURL(_ text: some Collection<UInt8>) -> [UInt8]? {
    guard !text.contains(where: { $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "/") }),
      let decoded = decode(text, skipsForeign: false), decoded.bitsLeft < 6
    else { return nil }
    return decoded.bytes
  }

  private static func decode(
    _ text: some Collection<UInt8>, skipsForeign: Bool
  ) -> (bytes: [UInt8], bitsLeft: Int)? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for character in text {
      if character == UInt8(ascii: "=") { break }
      guard let value = value(of: character) else {
        if skipsForeign { continue }
        return nil
      }
      bits = bits << 6 | value
      bitCount += 6
      if bitCount >= 8 {
        bitCount -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> bitCount))
      }
    }
    return (bytes, bitCount)
  }

  private static func value(of character: UInt8) -> UInt32? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): UInt32(character - UInt8(ascii: "A"))
    case UInt8(ascii: "a")...UInt8(ascii: "z"): UInt32(character - UInt8(ascii: "a")) + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(character - UInt8(ascii: "0")) + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): 63
    default: nil
    }
  }

  /// With padding.
  static func encode(_ bytes: some Collection<UInt8>) -> String {
    let text = encode(bytes, standard)
    return text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
  }

  /// For URLs and tokens, without padding.
  static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
    encode(bytes, urlSafe)
  }

  private static func encode(_ bytes: some Collection<UInt8>, _ alphabet: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count * 4 + 2) / 3)
    var bits: UInt32 = 0
    var bitCount = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      bitCount += 8
      while bitCount >= 6 {
        bitCount -= 6
        text.append(alphabet[Int(bits >> bitCount & 63)])
      }
    }
    if bitCount > 0 { text.append(alphabet[Int(bits << (6 - bitCount) & 63)]) }
    return String(decoding: text, as: UTF8.self)
  }
}
