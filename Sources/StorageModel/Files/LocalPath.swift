internal import FoundationEssentials

/// A path of the local file system: bytes without a NUL, of no promised encoding, compared byte by byte.
///
/// Linux names are bytes; `String` would change some of them and would take a name in NFC for the same in NFD.
public struct LocalPath: Hashable, Sendable {
  /// Without a NUL; not always UTF-8.
  public let bytes: [UInt8]

  /// Nil when a byte is NUL.
  public init?(bytes: some Sequence<UInt8>) {
    let bytes = Array(bytes)
    guard !bytes.contains(0) else { return nil }
    self.bytes = bytes
  }

  /// Nil for a text that holds a NUL.
  public init?(_ text: some StringProtocol) {
    self.init(bytes: text.utf8)
  }

  /// For bytes that came from the file system or from another path, and so hold no NUL.
  package init(checked bytes: [UInt8]) {
    self.bytes = bytes
  }

  /// `.`
  public static let currentDirectory = LocalPath(checked: [.dot])

  /// The empty path: a root, seen from itself.
  public static let empty = LocalPath(checked: [])

  /// Whether it has no byte.
  public var isEmpty: Bool { bytes.isEmpty }
  /// Whether it begins at the root.
  public var isAbsolute: Bool { bytes.first == .slash }

  /// What stands between the slashes, without empty pieces.
  public var components: [ArraySlice<UInt8>] { bytes.split(separator: .slash) }

  /// The last component; nil for the empty path and for `/`.
  public var baseName: LocalPath? { components.last.map { LocalPath(checked: Array($0)) } }

  /// All but the last component; `/` for what stands in it, the empty path for a lone name.
  public var parent: LocalPath {
    guard let last = components.last else { return self }
    var rest = bytes[..<last.startIndex]
    while rest.count > 1, rest.last == .slash { rest.removeLast() }
    return LocalPath(checked: Array(rest))
  }

  /// `path` seen from this directory. An absolute path stays as it is; appending nothing changes nothing.
  public func appending(_ path: LocalPath) -> LocalPath {
    if path.isAbsolute || isEmpty { return path }
    if path.isEmpty { return self }
    return LocalPath(checked: bytes.last == .slash ? bytes + path.bytes : bytes + [.slash] + path.bytes)
  }

  /// Whether this path, read component by component, stands below `directory` or is it.
  public func isInside(_ directory: LocalPath) -> Bool {
    isAbsolute == directory.isAbsolute && components.starts(with: directory.components, by: ==)
  }

  /// Whether its bytes are the text that `string` gives.
  public var isUTF8: Bool { string != nil }

  /// Exactly these bytes as text; nil when they are not UTF-8.
  public var string: String? { String(validating: bytes, as: UTF8.self) }

  /// As text for a column that holds no other; `base64UnlessUTF8` keeps what this loses.
  package var repaired: String { String(decoding: bytes, as: UTF8.self) }

  /// The exact bytes where text cannot hold them.
  public var base64UnlessUTF8: String? { isUTF8 ? nil : Data(bytes).base64EncodedString() }

  /// Calls `body` with the path as C wants it.
  @inlinable package func withCString<Result, Failure: Error>(
    _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withNulTerminated(bytes, body)
  }
}

extension LocalPath: Comparable {
  public static func < (left: LocalPath, right: LocalPath) -> Bool {
    left.bytes.lexicographicallyPrecedes(right.bytes)
  }
}

extension LocalPath: CustomStringConvertible {
  /// For people: UTF-8 repaired, and every character that could move the cursor or hide text written as an escape.
  public var description: String {
    var text = ""
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      switch scalar {
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case "\r": text += "\\r"
      case _ where scalar.isUnsafeToPrint: text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }
}

extension Unicode.Scalar {
  /// Controls, separators of lines, and marks that reorder or hide what stands beside them.
  fileprivate var isUnsafeToPrint: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }
}

/// Calls `body` with `bytes` and a NUL after them.
@inlinable package func withNulTerminated<Result, Failure: Error>(
  _ bytes: some Collection<UInt8>, _ body: (UnsafePointer<CChar>) throws(Failure) -> Result
) throws(Failure) -> Result {
  var text: [CChar] = []
  text.reserveCapacity(bytes.count + 1)
  for byte in bytes { text.append(CChar(bitPattern: byte)) }
  text.append(0)
  return try text.withUnsafeBufferPointer { buffer throws(Failure) -> Result in
    guard let base = buffer.baseAddress else { preconditionFailure("an array with a NUL has an address") }
    return try body(base)
  }
}
