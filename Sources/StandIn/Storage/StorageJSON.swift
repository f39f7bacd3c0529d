/// A JSON value whose objects keep the order of their members, as the real server's answers do.
enum StorageJSON: Equatable, Sendable {
  struct Member: Equatable, Sendable {
    var name: String
    var value: StorageJSON
  }

  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([StorageJSON])
  case object([Member])
  /// JSON text that is sent as it is: a `jsonb` column.
  case text(String)

  /// A string, or null.
  static func optional(_ string: String?) -> StorageJSON {
    string.map(StorageJSON.string) ?? .null
  }

  /// The member of that name; nil when this is no object or has none.
  subscript(name: String) -> StorageJSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.name == name }?.value
  }

  /// The text of a string value.
  var string: String? {
    if case .string(let string) = self { string } else { nil }
  }

  /// The number as an integer, clamped to what `Int` holds.
  var integer: Int? {
    guard case .number(let number) = self, number.isFinite else { return nil }
    return Int(exactly: number.rounded()) ?? (number > 0 ? Int.max : Int.min)
  }

  /// The shortest JSON text, in UTF-8.
  var bytes: [UInt8] {
    var bytes: [UInt8] = []
    write(to: &bytes)
    return bytes
  }

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

  /// As JavaScript prints it: integers without a fraction.
  static func description(of number: Double) -> String {
    if let integer = Int64(exactly: number) { return String(integer) }
    return "\(number)".replacing("e-0", with: "e-")
  }

  private static func write(_ string: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): bytes += #"\""#.utf8
      case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
      case 8: bytes += #"\b"#.utf8
      case 9: bytes += #"\t"#.utf8
      case 10: bytes += #"\n"#.utf8
      case 12: bytes += #"\f"#.utf8
      case 13: bytes += #"\r"#.utf8
      case ..<32:
        let digits = String(byte, radix: 16)
        bytes += (#"\u"# + String(repeating: "0", count: 4 - digits.count) + digits).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  /// PostgreSQL prints `jsonb` with blanks after commas and colons; they are left out.
  private static func writeCompacted(_ text: String, to bytes: inout [UInt8]) {
    var isInString = false
    var isEscaped = false
    for byte in text.utf8 {
      if isInString {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
          isInString = false
        }
      } else if byte == UInt8(ascii: " ") {
        continue
      } else if byte == UInt8(ascii: "\"") {
        isInString = true
      }
      bytes.append(byte)
    }
  }
}
