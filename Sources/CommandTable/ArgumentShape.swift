/// How often a value may be given, seen from the one who reads it: `T` is there exactly once (or has a default), `T?`
/// at most once, `[T]` any number of times. The type an option or operand is declared with is the type
/// `arguments[…]` returns.
public protocol ArgumentShape: Sendable {
  associatedtype ArgumentElement: ArgumentValue

  static var repetition: Repetition { get }

  /// Builds the value from everything given, in order; `nil` when a value is missing. Of several values for a thing
  /// that has one, the last counts.
  init?(elements: [ArgumentElement])
}

public enum Repetition: Hashable, Sendable {
  case one, optional, many
}

extension ArgumentValue {
  public static var repetition: Repetition { .one }

  public init?(elements: [Self]) {
    guard let last = elements.last else { return nil }
    self = last
  }
}

extension Optional: ArgumentShape where Wrapped: ArgumentValue {
  public static var repetition: Repetition { .optional }

  public init?(elements: [Wrapped]) {
    self = elements.last
  }
}

extension Array: ArgumentShape where Element: ArgumentValue {
  public static var repetition: Repetition { .many }

  public init?(elements: [Element]) {
    self = elements
  }
}
