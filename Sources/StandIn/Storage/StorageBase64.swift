/// Base64 as Node reads it: both alphabets, padding or not; what is foreign is skipped.
enum StorageBase64 {
  /// The bytes; nil when a character is foreign to both alphabets.
  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    decode(text, skipsForeign: false)
  }

  /// The bytes, whatever the text holds.
  static func decodeLeniently(_ text: some StringProtocol) -> [UInt8] {
    decode(text, skipsForeign: true) ?? []
  }

  private static func decode(_ text: some StringProtocol, skipsForeign: Bool) -> [UInt8]? {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count * 3 / 4)
    var bits: UInt32 = 0
    var bitCount = 0
    for character in text.utf8 {
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
    return bytes
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
  static func encode(_ bytes: [UInt8]) -> String {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * (3 - group.count))
      for index in 0...3 {
        text.append(index > group.count ? UInt8(ascii: "=") : alphabet[Int(bits >> (18 - 6 * index)) & 63])
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
