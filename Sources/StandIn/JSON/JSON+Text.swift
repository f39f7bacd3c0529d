extension JSON {
  /// The shortest JSON text, in UTF-8.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

  /// The same as a string.
  var shortText: String { String(decoding: bytes, as: UTF8.self) }

  private func write(to bytes: inout [UInt8]) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let bool): bytes += (bool ? "true" : "false").utf8
    case .number(let number): bytes += Self.description(of: number).utf8
    case .string(let string): Self.write(string, to: &bytes)
    case .text(let text): Self.writeCompacted(text, to: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        element.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        Self.write(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        member.value.write(to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  /// As JavaScript prints it: integers without a fraction, and what is no number as null.
  static func description(of number: Double) -> String {
    if let integer = Int64(exactly: number) { return String(integer) }
    guard number.isFinite else { return "null" }
    let text = "\(number)"
    guard let exponent = text.firstRange(of: "e-0") else { return text }
    return text[..<exponent.lowerBound] + "e-" + text[exponent.upperBound...]
  }

  private static func write(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    var string = string
    string.withUTF8 { text in
      var rest = text[...]
      // What needs no escape is copied in one piece.
      while let special = rest.firstIndex(where: { $0 < 32 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") }) {
        bytes.append(contentsOf: rest[..<special])
        writeEscape(of: rest[special], to: &bytes)
        rest = rest[(special + 1)...]
      }
      bytes.append(contentsOf: rest)
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func writeEscape(of byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): bytes += #"\""#.utf8
    case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
    case 8: bytes += #"\b"#.utf8
    case 9: bytes += #"\t"#.utf8
    case 10: bytes += #"\n"#.utf8
    case 12: bytes += #"\f"#.utf8
    case 13: bytes += #"\r"#.utf8
    default: bytes += ((byte < 16 ? #"\u000"# : #"\u00"#) + String(byte, radix: 16)).utf8
    }
  }

  /// PostgreSQL prints `jsonb` with blanks after commas and colons; they are left out.
  private static func writeCompacted(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { text in
      var copied = 0
      var isInString = false
      var position = 0
      while position < text.count {
        switch text[position] {
        case UInt8(ascii: "\""): isInString.toggle()
        case UInt8(ascii: "\\"): position += 1
        case UInt8(ascii: " ") where !isInString:
          bytes.append(contentsOf: text[copied..<position])
          copied = position + 1
        default: break
        }
        position += 1
      }
      bytes.append(contentsOf: text[copied...])
    }
  }
}
