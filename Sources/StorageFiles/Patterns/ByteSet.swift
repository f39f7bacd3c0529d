/// A set of bytes as `[...]` describes one in a pattern.
struct ByteSet: Sendable {
  private var members: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
  private var isInverted = false

  func contains(_ byte: UInt8) -> Bool {
    let word =
      switch byte >> 6 {
      case 0: members.0
      case 1: members.1
      case 2: members.2
      default: members.3
      }
    return (word >> UInt64(byte & 63) & 1 == 1) != isInverted
  }

  /// Reads up to and including the closing bracket; the opening one was read. A `]` in the first place is a member.
  init(reading rest: inout ArraySlice<UInt8>, of pattern: String) throws(PatternError) {
    if rest.first == UInt8(ascii: "!") || rest.first == UInt8(ascii: "^") {
      isInverted = true
      rest.removeFirst()
    }
    var isFirst = true
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "]") && !isFirst { return }
      isFirst = false
      if byte == UInt8(ascii: "["), rest.first == UInt8(ascii: ":") {
        try insertClass(&rest, of: pattern)
        continue
      }
      let first = try Self.literal(byte, &rest, of: pattern)
      guard rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") else {
        insert(first)
        continue
      }
      rest.removeFirst(2)
      let last = try Self.literal(end, &rest, of: pattern)
      if first <= last { (first...last).forEach { insert($0) } }
    }
    throw .unclosedBracket(pattern)
  }

  private static func literal(
    _ byte: UInt8, _ rest: inout ArraySlice<UInt8>, of pattern: String
  ) throws(PatternError) -> UInt8 {
    guard byte == UInt8(ascii: "\\") else { return byte }
    guard let escaped = rest.popFirst() else { throw .unclosedBracket(pattern) }
    return escaped
  }

  private mutating func insertClass(_ rest: inout ArraySlice<UInt8>, of pattern: String) throws(PatternError) {
    guard let end = rest.firstIndex(of: UInt8(ascii: "]")), rest[..<end].count >= 2,
      rest[rest.index(before: end)] == UInt8(ascii: ":")
    else { throw .unclosedBracket(pattern) }
    let name = String(decoding: rest[rest.index(after: rest.startIndex)..<rest.index(before: end)], as: UTF8.self)
    rest = rest[rest.index(after: end)...]
    guard let isMember = Self.classes[name] else { throw .unknownClass(pattern) }
    for byte in UInt8.min...UInt8.max where isMember(Unicode.Scalar(byte)) { insert(byte) }
  }

  private mutating func insert(_ byte: UInt8) {
    let bit: UInt64 = 1 << UInt64(byte & 63)
    switch byte >> 6 {
    case 0: members.0 |= bit
    case 1: members.1 |= bit
    case 2: members.2 |= bit
    default: members.3 |= bit
    }
  }

  /// The classes of POSIX in its own locale: ASCII alone.
  private static let classes: [String: @Sendable (Unicode.Scalar) -> Bool] = [
    "alpha": { isLetter($0) }, "digit": { ("0"..."9").contains($0) },
    "alnum": { isLetter($0) || ("0"..."9").contains($0) },
    "upper": { ("A"..."Z").contains($0) }, "lower": { ("a"..."z").contains($0) },
    "blank": { $0 == " " || $0 == "\t" }, "space": { $0 == " " || ("\t"..."\r").contains($0) },
    "cntrl": { $0.value < 32 || $0.value == 127 }, "print": { (32..<127).contains($0.value) },
    "graph": { (33..<127).contains($0.value) },
    "punct": { (33..<127).contains($0.value) && !isLetter($0) && !("0"..."9").contains($0) },
    "xdigit": { ("0"..."9").contains($0) || ("a"..."f").contains($0) || ("A"..."F").contains($0) },
  ]

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
