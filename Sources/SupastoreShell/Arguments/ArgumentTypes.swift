public import CommandTable
public import StorageCore

extension LocalPath: ArgumentValue {
  /// Every byte counts; the empty path is no path.
  public init?(argument: RawArgument) {
    if argument.bytes.isEmpty || argument.isKey { return nil }
    self.init(bytes: argument.bytes)
  }

  public static var kind: ValueKind { .file }
  public static var expected: String { "a path" }
  public var argumentText: String { description }
}

extension FileType: ArgumentValue {}

extension Verification: ArgumentValue {}

extension FileReference: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text, !text.isEmpty, !argument.isKey else { return nil }
    self.init(text)
  }

  public static var kind: ValueKind { .storedFile }
  public static var expected: String { "a file's id or its storage path" }
}

extension FileQuery.Order: ArgumentValue {}

extension MediaRange: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(text)
  }

  public static var kind: ValueKind { .text }
  public static var expected: String { "a media type such as image/png, or image/* for all of a kind" }
}

extension PageCursor: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(text)
  }

  public static var kind: ValueKind { .text }
  public static var expected: String { "a cursor that a list printed" }
}

extension ByteRange: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(text)
  }

  public static var kind: ValueKind { .text }
  public static var expected: String { "bytes such as 0-99, 100- or -500" }
  public var argumentText: String {
    switch self {
    case .from(let first, let last): "\(first)-\(last.map { "\($0)" } ?? "")"
    case .last(let count): "-\(count)"
    }
  }
}

/// Text that is there: the empty string, which an unset variable of a shell becomes, is refused.
package struct NonEmptyText: ArgumentValue {
  package let text: String

  package init?(argument: RawArgument) {
    guard let text = argument.text, !text.isEmpty else { return nil }
    self.text = text
  }

  package static var kind: ValueKind { .text }
  package static var expected: String { "text in UTF-8 that is not empty" }
  package var argumentText: String { text }
}

extension RawArgument {
  /// Whether this is a key, to judge by its form: one in the wrong place is neither sent nor printed. A file of such a
  /// name is written with ./ in front.
  fileprivate var isKey: Bool {
    guard let text else { return false }
    return text.hasPrefix("sb_secret_") || text.hasPrefix("eyJ") && text.split(separator: ".").count == 3
  }
}
