/// The path of an object inside its bucket, e.g. `reports/2026/q1.pdf`.
public struct ObjectKey: Hashable, Sendable {
  public let path: String

  /// A key to store under: only characters the server takes, no empty or dot segment, at most 1024 bytes.
  public init(_ path: String) throws(InvalidObjectKey) {
    guard !path.isEmpty else { throw .empty }
    guard path.utf8.allSatisfy(Self.isAllowed) else { throw .forbiddenCharacter }
    guard path.utf8.count <= 1024 else { throw .tooLong }
    guard Self.hasPlainSegments(path) else { throw .forbiddenSegment }
    self.path = path
  }

  /// A key as the server names it; other clients may have stored under names this one refuses.
  package init(named path: String) {
    self.path = path
  }

  /// Whether the path arrives unchanged: clients and gateways fold empty and dot segments.
  static func hasPlainSegments(_ path: String) -> Bool {
    path.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { !["", ".", ".."].contains($0) }
  }

  /// The server's own list; `/` separates segments.
  static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: allowedMarks.contains(byte)
    }
  }

  private static let allowedMarks = Array("_/!.*'() &$@=;:+,?-".utf8)
}

/// Why nothing can be stored under a path.
public enum InvalidObjectKey: Error, Hashable, Sendable {
  case empty
  case forbiddenCharacter
  /// `.`, `..`, or nothing between two slashes, at the start or at the end.
  case forbiddenSegment
  case tooLong
}

extension InvalidObjectKey: CustomStringConvertible {
  public var description: String {
    switch self {
    case .empty: "the storage path is empty"
    case .forbiddenCharacter: "the storage path holds a character that Supabase Storage refuses"
    case .forbiddenSegment: "the storage path holds an empty segment, '.' or '..'"
    case .tooLong: "the storage path is longer than 1024 bytes"
    }
  }
}
