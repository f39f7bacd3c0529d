/// A text that no message, log or debugger dump shows.
public struct Secret: Hashable, Sendable {
  private let text: String

  /// Keeps a text out of descriptions and logs.
  public init(_ text: String) {
    self.text = text
  }

  /// The text itself, for a request header only.
  package var revealed: String { text }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "<secret>" }
  public var debugDescription: String { "<secret>" }
  public var customMirror: Mirror { Mirror(self, children: []) }
}
