/// Reads JSON from bytes: valid UTF-8, no control characters in strings, not too deep.
struct JSONReader {
  struct Malformed: Error {}

  /// What a `\u` escape of half a character stands for.
  enum LoneSurrogates {
    case malformed
    /// U+FFFD, which is what JavaScript's strings become on the wire.
    case replaced
  }

  /// Deeper nesting is refused: every level takes some of the stack.
  private static let maximumDepth = 500

  private let bytes: [UInt8]
  private let loneSurrogates: LoneSurrogates
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8], loneSurrogates: LoneSurrogates = .malformed) {
    self.bytes = bytes
    self.loneSurrogates = loneSurrogates
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

  mutating func readValue() throws(Malformed) -> JSON {
    switch try peek() {
    case UInt8(ascii: "{"):
      var members: [JSON.Member] = []
      try readObject { reader, name throws(Malformed) in
        let value = try reader.readValue()
        if let index = members.firstIndex(where: { $0.name == name }) {
          members[index].value = value  // the last one wins
        } else {
          members.append(JSON.Member(name: name, value: value))
        }
      }
      return .object(members)
    case UInt8(ascii: "["):
      var elements: [JSON] = []
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
    try enter()
    defer { depth -= 1 }
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
    try enter()
    defer { depth -= 1 }
    if try skip(UInt8(ascii: "]")) { return }
    repeat { try element(&self) } while try skip(UInt8(ascii: ","))
    try expect(UInt8(ascii: "]"))
  }

  private mutating func enter() throws(Malformed) {
    depth += 1
    if depth > Self.maximumDepth { throw Malformed() }
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
      return try readUnicodeEscape()
    default: throw Malformed()
    }
  }

  private mutating func readUnicodeEscape() throws(Malformed) -> Unicode.Scalar {
    let first = try readHexDigits()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let afterFirst = position
    if first < 0xDC00, bytes[position...].starts(with: #"\u"#.utf8) {
      position += 2
      let second = try readHexDigits()
      if (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + (UInt32(first) - 0xD800) << 10 + (UInt32(second) - 0xDC00))
      {
        return scalar
      }
    }
    guard loneSurrogates == .replaced else { throw Malformed() }
    position = afterFirst
    return "\u{FFFD}"
  }

  private mutating func readHexDigits() throws(Malformed) -> UInt16 {
    guard position + 4 <= bytes.count else { throw Malformed() }
    var value: UInt16 = 0
    for byte in bytes[position..<position + 4] {
      guard let digit = hexadecimalValue(of: byte) else { throw Malformed() }
      value = value << 4 | UInt16(digit)
    }
    position += 4
    return value
  }

  private mutating func readNumber() throws(Malformed) -> Double {
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
    guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else { throw Malformed() }
    return number
  }

  private mutating func readWord(_ word: String, _ value: JSON) throws(Malformed) -> JSON {
    guard bytes[position...].starts(with: word.utf8) else { throw Malformed() }
    position += word.utf8.count
    return value
  }

  private mutating func skipBlanks() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
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

extension JSON {
  /// The one value that the bytes are; nil when they are no JSON.
  init?(parsing bytes: some Collection<UInt8>, loneSurrogates: JSONReader.LoneSurrogates = .malformed) {
    var reader = JSONReader(Array(bytes), loneSurrogates: loneSurrogates)
    do throws(JSONReader.Malformed) {
      self = try reader.readValue()
      try reader.expectEnd()
    } catch {
      return nil
    }
  }
}
