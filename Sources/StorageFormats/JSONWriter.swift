/// Writes JSON straight into bytes; commas are put where they belong. The caller nests correctly.
package struct JSONWriter: Sendable {
  package private(set) var bytes: [UInt8] = []
  /// Whether the next key or value follows another one.
  private var needsComma = false
  private let isForTerminals: Bool

  /// - Parameter isForTerminals: whether controls are escaped that JSON would let through, but that move a terminal's cursor
  ///   or turn its text round.
  package init(forTerminals isForTerminals: Bool = false) {
    self.isForTerminals = isForTerminals
  }

  package mutating func beginObject() { open(UInt8(ascii: "{")) }
  package mutating func endObject() { close(UInt8(ascii: "}")) }
  package mutating func beginArray() { open(UInt8(ascii: "[")) }
  package mutating func endArray() { close(UInt8(ascii: "]")) }

  package mutating func key(_ name: String) {
    separate()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
    needsComma = false
  }

  package mutating func value(_ text: String) {
    separate()
    quote(text)
  }

  package mutating func value(_ number: some FixedWidthInteger) {
    raw(String(number).utf8)
  }

  package mutating func value(_ flag: Bool) {
    raw((flag ? "true" : "false").utf8)
  }

  package mutating func null() {
    raw("null".utf8)
  }

  /// One value that is JSON already.
  package mutating func raw(_ json: some Sequence<UInt8>) {
    separate()
    bytes.append(contentsOf: json)
  }

  private mutating func open(_ byte: UInt8) {
    separate()
    bytes.append(byte)
    needsComma = false
  }

  private mutating func close(_ byte: UInt8) {
    bytes.append(byte)
    needsComma = true
  }

  private mutating func separate() {
    if needsComma { bytes.append(UInt8(ascii: ",")) }
    needsComma = true
  }

  private mutating func quote(_ text: String) {
    bytes.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { utf8 in
      var (start, index) = (0, 0)
      while index < utf8.count {
        guard isSuspect(utf8[index]), let (code, length) = unspeakable(utf8[index...]) else {
          index += 1
          continue
        }
        bytes.append(contentsOf: utf8[start..<index])
        escape(code)
        index += length
        start = index
      }
      bytes.append(contentsOf: utf8[start...])
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// Whether what has to be escaped may begin with a byte.
  private func isSuspect(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
      || isForTerminals && (byte == 0x7f || byte == 0xc2 || byte == 0xe2)
  }

  /// The code point at the beginning of `rest` and its length in UTF-8, when it has to be escaped.
  private func unspeakable(_ rest: Slice<UnsafeBufferPointer<UInt8>>) -> (code: UInt32, length: Int)? {
    let byte = rest[rest.startIndex]
    if byte < 0x7f { return (UInt32(byte), 1) }
    var decoder = UTF8()
    var iterator = rest.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    switch scalar {
    case "\u{7F}"..."\u{9F}", "\u{2028}"..."\u{202E}", "\u{2066}"..."\u{2069}":
      return (scalar.value, UTF8.width(scalar))
    default: return nil
    }
  }

  private mutating func escape(_ code: UInt32) {
    switch code {
    case 0x22: bytes += Array(#"\""#.utf8)
    case 0x5c: bytes += Array(#"\\"#.utf8)
    case 0x0a: bytes += Array(#"\n"#.utf8)
    case 0x0d: bytes += Array(#"\r"#.utf8)
    case 0x09: bytes += Array(#"\t"#.utf8)
    default:
      let digits = Array(String(code, radix: 16).utf8)
      bytes += Array(#"\u"#.utf8) + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.count) + digits
    }
  }
}
