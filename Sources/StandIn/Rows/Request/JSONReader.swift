/// Reads JSON from bytes, strictly: UTF-8, no lone surrogates, no control characters, nothing after the value.
struct JSONReader {
  struct Malformed: Error {}

  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The one value that `bytes` are.
  static func value(_ bytes: [UInt8]) throws(Malformed) -> JSONValue {
    var reader = JSONReader(bytes)
    let value = try reader.readValue()
    try reader.expectEnd()
    return value
  }

  mutating func expectEnd() throws(Malformed) {
    skipBlanks()
    guard position == bytes.count else { throw Malformed() }
  }

  /// The first byte of the next value.
  mutating func peek() throws(Malformed) -> UInt8 {
    skipBlanks()
    guard position < bytes.count else { throw Malformed() }
    return bytes[position]
  }

  mutating func readValue() throws(Malformed) -> JSONValue {
    switch try peek() {
    case UInt8(ascii: "{"):
      var members: [String: JSONValue] = [:]
      try readObject { reader, key throws(Malformed) in members[key] = try reader.readValue() }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONValue] = []
      try readArray { reader throws(Malformed) in elements.append(try reader.readValue()) }
      return .array(elements)
    case UInt8(ascii: "\""): return .string(try readString())
    case UInt8(ascii: "t"): return try readWord("true", .bool(true))
    case UInt8(ascii: "f"): return try readWord("false", .bool(false))
    case UInt8(ascii: "n"): return try readWord("null", .null)
    default: return .number(try readNumber())
    }
  }

  /// As `readValue`, without making anything of it.
  mutating func skipValue() throws(Malformed) {
    switch try peek() {
    case UInt8(ascii: "{"): try readObject { reader, _ throws(Malformed) in try reader.skipValue() }
    case UInt8(ascii: "["): try readArray { reader throws(Malformed) in try reader.skipValue() }
    default: _ = try readValue()
    }
  }

  /// `member` has to read the value of its key.
  mutating func readObject(
    _ member: (inout JSONReader, String) throws(Malformed) -> Void
  ) throws(Malformed) {
    try expect(UInt8(ascii: "{"))
    if try skip(UInt8(ascii: "}")) { return }
    repeat {
      let key = try readString()
      try expect(UInt8(ascii: ":"))
      try member(&self, key)
    } while try skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: "}"))
  }

  /// `element` has to read one value.
  mutating func readArray(_ element: (inout JSONReader) throws(Malformed) -> Void) throws(Malformed) {
    try expect(UInt8(ascii: "["))
    if try skip(UInt8(ascii: "]")) { return }
    repeat { try element(&self) } while try skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
  }

  mutating func readString() throws(Malformed) -> String {
    try expect(UInt8(ascii: "\""))
    let start = position
    var unescaped: [UInt8]?
    while position < bytes.count {
      let byte = bytes[position]
      switch byte {
      case UInt8(ascii: "\""):
        let content = unescaped ?? Array(bytes[start..<position])
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else { throw Malformed() }
        return text
      case UInt8(ascii: "\\"):
        if unescaped == nil { unescaped = Array(bytes[start..<position]) }
        position += 1
        unescaped?.append(contentsOf: String(Character(try readEscape())).utf8)
      case 0..<0x20: throw Malformed()
      default:
        unescaped?.append(byte)
        position += 1
      }
    }
    throw Malformed()
  }

  private mutating func readEscape() throws(Malformed) -> Unicode.Scalar {
    guard position < bytes.count else { throw Malformed() }
    let byte = bytes[position]
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"):
      let first = try readHexDigits()
      if let scalar = Unicode.Scalar(first) { return scalar }
      guard (0xD800..<0xDC00).contains(first), bytes[position...].starts(with: [0x5C, 0x75]) else { throw Malformed() }
      position += 2
      let second = try readHexDigits()
      guard (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
      else { throw Malformed() }
      return scalar
    default: throw Malformed()
    }
  }

  private mutating func readHexDigits() throws(Malformed) -> UInt16 {
    guard position + 4 <= bytes.count else { throw Malformed() }
    var value: UInt16 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { throw Malformed() }
      value = value << 4 | UInt16(digit)
    }
    position += 4
    return value
  }

  /// As written.
  private mutating func readNumber() throws(Malformed) -> String {
    let start = position
    func isDigit(_ index: Int) -> Bool {
      index < bytes.count && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
    }
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    let first = position
    while isDigit(position) { position += 1 }
    guard position > first, position == first + 1 || bytes[first] != UInt8(ascii: "0") else { throw Malformed() }
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      guard isDigit(position) else { throw Malformed() }
      while isDigit(position) { position += 1 }
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      position += 1
      if position < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[position]) { position += 1 }
      guard isDigit(position) else { throw Malformed() }
      while isDigit(position) { position += 1 }
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func readWord(_ word: String, _ value: JSONValue) throws(Malformed) -> JSONValue {
    guard bytes[position...].starts(with: word.utf8) else { throw Malformed() }
    position += word.utf8.count
    return value
  }

  private mutating func skipBlanks() {
    while position < bytes.count, [0x20, 0x0A, 0x0D, 0x09].contains(bytes[position]) { position += 1 }
  }

  private mutating func expect(_ byte: UInt8) throws(Malformed) {
    guard try skip(byte) else { throw Malformed() }
  }

  private mutating func skip(_ byte: UInt8) throws(Malformed) -> Bool {
    skipBlanks()
    guard position < bytes.count else { throw Malformed() }
    guard bytes[position] == byte else { return false }
    position += 1
    return true
  }
}
