/// The command line cannot be understood. Ends the program with exit status 2.
public struct UsageError: Error, Hashable, Sendable {
  /// Lower case, no full stop, never a key.
  public let message: String
  /// What to do about it.
  public let hint: String

  public init(_ message: String, hint: String) {
    self.message = message
    self.hint = hint
  }
}
