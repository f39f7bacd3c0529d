/// An argument that is told by its position: `Operand<String>("ref", help: …)` must be given,
/// `Operand<String?>("topic", help: …)` may be, and `Operand<[LocalPath]>("file", .oneOrMore, help: …)` takes all that
/// are left. Only the last operand of a command may be of the latter two kinds. `kind` says what the value is where its
/// type leaves that open.
public struct Operand<Value: ArgumentShape>: Declarable {
  public let specification: Specification

  public init(_ name: String, kind: ValueKind = Value.kind, help: String) where Value: ArgumentValue {
    self.init(name, needsOne: true, kind, help)
  }

  public init<Element: ArgumentValue>(
    _ name: String, kind: ValueKind = Element.kind, help: String
  ) where Value == Element? {
    self.init(name, needsOne: false, kind, help)
  }

  public init<Element: ArgumentValue>(
    _ name: String, _ arity: Arity, kind: ValueKind = Element.kind, help: String
  ) where Value == [Element] {
    self.init(name, needsOne: arity == .oneOrMore, kind, help)
  }

  private init(_ name: String, needsOne: Bool, _ kind: ValueKind, _ help: String) {
    specification = Specification(
      role: .operand(needsOne: needsOne), name: name, short: nil, repetition: Value.repetition,
      placeholder: name.uppercased(), kind: kind, expected: Value.ArgumentElement.expected,
      defaultText: nil, help: help, isHidden: false, accepts: { Value.ArgumentElement(argument: $0) != nil })
  }

  /// The value from all that was given; `nil` only for arguments that the parser would have refused.
  func value(of given: [RawArgument]) -> Value? {
    Value(elements: given.compactMap { Value.ArgumentElement(argument: $0) })
  }
}

/// How many values an operand of the kind `[T]` needs.
public enum Arity: Hashable, Sendable {
  case zeroOrMore, oneOrMore
}
