/// A type that can be read from one argument.
///
/// ```swift
/// extension LocalPath: ArgumentValue {
///   public init?(argument: RawArgument) { self.init(bytes: argument.bytes) }
///   public static var kind: ValueKind { .file }
/// }
/// ```
public protocol ArgumentValue: ArgumentShape where ArgumentElement == Self {
  /// Returns `nil` when the argument is not such a value; the parser then says what was expected.
  init?(argument: RawArgument)

  static var kind: ValueKind { get }

  /// Completes "--jobs expects …".
  static var expected: String { get }

  /// The value as a user would write it; shown as the default in the help.
  var argumentText: String { get }
}

/// What sort of thing a value is, for messages, for the help and for completion.
public enum ValueKind: Hashable, Sendable {
  case text, number, size, duration, file, directory
  case choice([String])
  /// Text that only the program itself can complete: scripts ask it by this word, see `Program.completer`.
  case askedFor(String)

  /// Completes "--jobs expects …".
  var expected: String {
    switch self {
    case .text, .askedFor: "text in UTF-8"
    case .number: "a whole number"
    case .size: "a size such as 500, 64KiB or 10MB"
    case .duration: "a duration such as 500ms, 6s, 10m, 12h or 30d"
    case .file: "the path of a file"
    case .directory: "the path of a directory"
    case .choice(let choices): Self.list(choices)
    }
  }

  /// What stands for the value in the help unless the option names it; `nil`: the option's own name.
  var placeholder: String? {
    switch self {
    case .text, .choice, .askedFor: nil
    case .number: "N"
    case .size: "SIZE"
    case .duration: "DURATION"
    case .file: "FILE"
    case .directory: "DIR"
    }
  }

  /// `a, b or c`
  private static func list(_ choices: [String]) -> String {
    guard let last = choices.last, choices.count > 1 else { return choices.joined() }
    return choices.dropLast().joined(separator: ", ") + " or " + last
  }
}

extension ArgumentValue {
  public static var expected: String { kind.expected }
}

extension ArgumentValue where Self: CustomStringConvertible {
  public var argumentText: String { description }
}

extension String: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self = text
  }

  public static var kind: ValueKind { .text }
}

extension Int: ArgumentValue {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(text)
  }

  public static var kind: ValueKind { .number }
}

/// An enumeration of strings is a choice of its cases.
extension ArgumentValue where Self: CaseIterable & RawRepresentable<String> {
  public init?(argument: RawArgument) {
    guard let text = argument.text else { return nil }
    self.init(rawValue: text)
  }

  public static var kind: ValueKind { .choice(allCases.map(\.rawValue)) }

  public var argumentText: String { rawValue }
}
