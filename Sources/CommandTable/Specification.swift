/// What the table knows of one flag, option or operand, apart from its type: all that parsing, help, the reference
/// and completion need.
public struct Specification: Sendable {
  public enum Role: Hashable, Sendable {
    case flag(negatable: Bool)
    case option
    case operand(needsOne: Bool)
  }

  public let role: Role
  /// The long name without dashes, or the operand's name.
  public let name: String
  public let short: Character?
  public let repetition: Repetition
  /// What stands for the value: `N` in `--jobs N`, `DIR` of an operand; `nil` for a flag.
  public let placeholder: String?
  public let kind: ValueKind?
  /// Completes "--jobs expects …".
  let expected: String
  /// Shown in the help as the default.
  public let defaultText: String?
  public let help: String
  /// Accepted, but shown in no help and suggested by no error.
  public let isHidden: Bool
  /// Whether an argument is a value of the declared type, within its limits.
  let accepts: @Sendable (RawArgument) -> Bool

  var isOperand: Bool {
    if case .operand = role { true } else { false }
  }

  var isNegatable: Bool { role == .flag(negatable: true) }

  var takesValue: Bool { role == .option }

  /// As errors name it: `--jobs`, `FILE`.
  var spelling: String {
    isOperand ? placeholder ?? name : "--" + name
  }
}

/// A flag, an option or an operand.
public protocol Declarable: Sendable {
  var specification: Specification { get }
}

/// A switch: `--now`, or with `negatable` also `--no-now`. Given twice, the last counts. Read as a `Bool`.
public struct Flag: Declarable {
  public let specification: Specification
  let defaultValue: Bool

  public init(
    _ name: String, short: Character? = nil, negatable: Bool = false, default defaultValue: Bool = false,
    hidden: Bool = false, help: String
  ) {
    self.defaultValue = defaultValue
    specification = Specification(
      role: .flag(negatable: negatable), name: name, short: short, repetition: .one, placeholder: nil, kind: nil,
      expected: "", defaultText: defaultValue ? "on" : nil, help: help, isHidden: hidden, accepts: { _ in false })
  }
}

/// An option with a value: `Option<Int>("jobs", short: "j", default: 4, help: …)` is read as an `Int`,
/// `Option<Int?>("limit", help: …)` as an `Int?`, `Option<[String]>("include", help: …)`, which can be repeated, as a
/// `[String]`.
public struct Option<Value: ArgumentShape>: Declarable {
  public let specification: Specification
  let defaultValue: Value
  private let limit: Limit<Value.ArgumentElement>?

  public init(
    _ name: String, short: Character? = nil, value placeholder: String? = nil,
    limit: Limit<Value.ArgumentElement>? = nil, default defaultValue: Value, help: String
  ) where Value: ArgumentValue {
    self.init(
      name, short, placeholder, limit, defaultValue, defaultText: defaultValue.argumentText, help: help)
  }

  public init<Element: ArgumentValue>(
    _ name: String, short: Character? = nil, value placeholder: String? = nil,
    limit: Limit<Element>? = nil, help: String
  ) where Value == Element? {
    self.init(name, short, placeholder, limit, nil, defaultText: nil, help: help)
  }

  public init<Element: ArgumentValue>(
    _ name: String, short: Character? = nil, value placeholder: String? = nil,
    limit: Limit<Element>? = nil, help: String
  ) where Value == [Element] {
    self.init(name, short, placeholder, limit, [], defaultText: nil, help: help)
  }

  private init(
    _ name: String, _ short: Character?, _ placeholder: String?, _ limit: Limit<Value.ArgumentElement>?,
    _ defaultValue: Value, defaultText: String?, help: String
  ) {
    self.defaultValue = defaultValue
    self.limit = limit
    let kind = Value.ArgumentElement.kind
    specification = Specification(
      role: .option, name: name, short: short, repetition: Value.repetition,
      placeholder: placeholder ?? kind.placeholder ?? name.uppercased(), kind: kind,
      expected: limit?.expected ?? Value.ArgumentElement.expected, defaultText: defaultText, help: help,
      isHidden: false, accepts: { Self.element($0, within: limit) != nil })
  }

  /// The value from all that was given; `nil` only for arguments that the parser would have refused.
  func value(of given: [RawArgument]) -> Value? {
    if given.isEmpty { return defaultValue }
    return Value(elements: given.compactMap { Self.element($0, within: limit) })
  }

  private static func element(
    _ argument: RawArgument, within limit: Limit<Value.ArgumentElement>?
  ) -> Value.ArgumentElement? {
    guard let element = Value.ArgumentElement(argument: argument) else { return nil }
    guard let limit else { return element }
    return limit.allows(element) ? element : nil
  }
}

/// An argument that is told by its position: `Operand<String>("ref", help: …)` must be given,
/// `Operand<String?>("topic", help: …)` may be, and `Operand<[LocalPath]>("file", .oneOrMore, help: …)` takes all that
/// are left. Only the last operand of a command may be of the latter two kinds.
public struct Operand<Value: ArgumentShape>: Declarable {
  public let specification: Specification

  public init(_ name: String, help: String) where Value: ArgumentValue {
    self.init(name, needsOne: true, help)
  }

  public init<Element: ArgumentValue>(_ name: String, help: String) where Value == Element? {
    self.init(name, needsOne: false, help)
  }

  public init<Element: ArgumentValue>(_ name: String, _ arity: Arity, help: String) where Value == [Element] {
    self.init(name, needsOne: arity == .oneOrMore, help)
  }

  private init(_ name: String, needsOne: Bool, _ help: String) {
    specification = Specification(
      role: .operand(needsOne: needsOne), name: name, short: nil, repetition: Value.repetition,
      placeholder: name.uppercased(), kind: Value.ArgumentElement.kind, expected: Value.ArgumentElement.expected,
      defaultText: nil, help: help, isHidden: false, accepts: { Value.ArgumentElement(argument: $0) != nil })
  }

  /// The value from all that was given; `nil` only for arguments that the parser would have refused.
  func value(of given: [RawArgument]) -> Value? {
    Value(elements: given.compactMap { Value.ArgumentElement(argument: $0) })
  }
}

public enum Arity: Hashable, Sendable {
  case zeroOrMore, oneOrMore
}

/// What an option accepts within its type: `.within(1...64)`.
public struct Limit<Value: ArgumentValue>: Sendable {
  let expected: String
  let allows: @Sendable (Value) -> Bool
}

extension Limit where Value: Comparable {
  public static func within(_ range: ClosedRange<Value>) -> Limit {
    Limit(
      expected: Value.expected + " from \(range.lowerBound.argumentText) to \(range.upperBound.argumentText)",
      allows: range.contains)
  }

  public static func atLeast(_ least: Value) -> Limit {
    Limit(expected: Value.expected + ", \(least.argumentText) or more", allows: { $0 >= least })
  }
}
