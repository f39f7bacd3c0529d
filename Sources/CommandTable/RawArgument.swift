/// One argument of the command line, byte for byte: a path on Linux need not be UTF-8.
public struct RawArgument: Hashable, Sendable {
  public let bytes: [UInt8]

  public init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  public init(_ text: String) {
    bytes = Array(text.utf8)
  }

  /// The argument as text; `nil` when it is not valid UTF-8.
  public var text: String? {
    String(validating: bytes, as: UTF8.self)
  }

  /// The arguments of this process, without the program's own name.
  public static func ofThisProcess() -> [RawArgument] {
    let vector = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    return vector.dropFirst().compactMap { pointer in
      guard let pointer else { return nil }
      var bytes: [UInt8] = []
      var next = pointer
      while next.pointee != 0 {
        bytes.append(UInt8(bitPattern: next.pointee))
        next += 1
      }
      return RawArgument(bytes: bytes)
    }
  }
}

extension RawArgument {
  /// Whether the argument begins like an option: `-x`, `--long`, `--`; not `-` alone and not a negative number.
  var looksLikeOption: Bool {
    guard bytes.count > 1, bytes[0] == UInt8(ascii: "-") else { return false }
    return !isNegativeNumber
  }

  /// `-5`, `-0.5`, `-10MiB`: a dash and a digit.
  var isNegativeNumber: Bool {
    bytes.count > 1 && bytes[0] == UInt8(ascii: "-") && (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[1])
  }

  /// Whether the argument holds something like an API key or a token, which no message may repeat.
  var looksLikeSecret: Bool {
    ["sb_secret_", "sb_publishable_", "eyJ"].contains { bytes.firstRange(of: Array($0.utf8)) != nil }
  }

  /// The argument for an error message: in quotes, short, harmless to a terminal, and never a key.
  var quoted: String {
    if looksLikeSecret { return "a value that looks like a key" }
    let limit = 60
    let cut = bytes.count > limit
    return "'" + String(printable: cut ? bytes.prefix(limit) : bytes[...]) + (cut ? "..." : "") + "'"
  }
}

extension Array<UInt8> {
  fileprivate func firstRange(of pattern: [UInt8]) -> Range<Int>? {
    guard count >= pattern.count else { return nil }
    for start in 0...(count - pattern.count) where self[start..<start + pattern.count].elementsEqual(pattern) {
      return start..<start + pattern.count
    }
    return nil
  }
}
