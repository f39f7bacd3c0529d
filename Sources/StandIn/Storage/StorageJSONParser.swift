/// Parses JSON as JavaScript does: the last of two members of one name wins, numbers are doubles.
struct StorageJSONParser {
  private struct Malformed: Error {}

  /// Deeper nesting is refused.
  private static let maximumDepth = 500

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// The value, or nil when the text is not exactly one JSON value in valid UTF-8.
  static func parse(_ bytes: [UInt8]) -> StorageJSON? {
    var parser = StorageJSONParser(bytes)
    do {
      let value = try parser.value(depth: 0)
      parser.skipBlanks()
      return parser.position == bytes.count ? value : nil
    } catch {
      return nil
    }
  }

  private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipBlanks() {
    while let byte = next, byte == 32 || (9...10).contains(byte) || byte == 13 { position += 1 }
  }

  private mutating func value(depth: Int) throws(Malformed) -> StorageJSON {
    guard depth < Self.maximumDepth else { throw Malformed() }
    skipBlanks()
    switch next {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func word(_ word: String, _ value: StorageJSON) throws(Malformed) -> StorageJSON {
    guard bytes[position...].starts(with: word.utf8) else { throw Malformed() }
    position += word.utf8.count
    return value
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipBlanks()
    guard next == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func array(depth: Int) throws(Malformed) -> StorageJSON {
    position += 1
    if take("]") { return .array([]) }
    var elements: [StorageJSON] = []
    while true {
      elements.append(try value(depth: depth + 1))
      if take("]") { return .array(elements) }
      guard take(",") else { throw Malformed() }
    }
  }

  private mutating func object(depth: Int) throws(Malformed) -> StorageJSON {
    position += 1
    if take("}") { return .object([]) }
    var members: [StorageJSON.Member] = []
    while true {
      skipBlanks()
      guard next == UInt8(ascii: "\"") else { throw Malformed() }
      let name = try string()
      guard take(":") else { throw Malformed() }
      let value = try value(depth: depth + 1)
      if let index = members.firstIndex(where: { $0.name == name }) {
        members[index].value = value
      } else {
        members.append(StorageJSON.Member(name: name, value: value))
      }
      if take("}") { return .object(members) }
      guard take(",") else { throw Malformed() }
    }
  }

  private mutating func number() throws(Malformed) -> Double {
    let start = position
    if next == UInt8(ascii: "-") { position += 1 }
    let integerDigits = digits()
    guard integerDigits == 1 || (integerDigits > 1 && bytes[position - integerDigits] != UInt8(ascii: "0")) else {
      throw Malformed()
    }
    if next == UInt8(ascii: ".") {
      position += 1
      guard digits() > 0 else { throw Malformed() }
    }
    if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
      position += 1
      if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
      guard digits() > 0 else { throw Malformed() }
    }
    guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)) else { throw Malformed() }
    return number
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func string() throws(Malformed) -> String {
    position += 1
    let start = position
    while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 32 { position += 1 }
    var text = Array(bytes[start..<position])
    while let byte = next {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw Malformed() }
        return string
      case UInt8(ascii: "\\"):
        text += String(try escape()).utf8
      case ..<32:
        throw Malformed()
      default:
        text.append(byte)
      }
    }
    throw Malformed()
  }

  /// What stands after a backslash. A lone surrogate becomes U+FFFD.
  private mutating func escape() throws(Malformed) -> Unicode.Scalar {
    guard let byte = next else { throw Malformed() }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): break
    default: throw Malformed()
    }
    let first = try hexadecimal()
    if let scalar = Unicode.Scalar(first) { return scalar }
    let afterFirst = position
    if first < 0xDC00, bytes[position...].starts(with: #"\u"#.utf8) {
      position += 2
      let second = try hexadecimal()
      if (0xDC00...0xDFFF).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      {
        return scalar
      }
      position = afterFirst
    }
    return "\u{FFFD}"
  }

  private mutating func hexadecimal() throws(Malformed) -> UInt32 {
    guard position + 4 <= bytes.count,
      bytes[position..<position + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let number = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
    else { throw Malformed() }
    position += 4
    return number
  }
}
