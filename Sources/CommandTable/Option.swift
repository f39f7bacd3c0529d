/// An option with a value: `Option<Int>("jobs", short: "j", default: 4, help: …)` is read as an `Int`,
/// `Option<Int?>("limit", help: …)` as an `Int?`, `Option<[String]>("include", help: …)`, which can be repeated, as a
/// `[String]`. `kind` says what the value is where its type leaves that open.
public struct Option<Value: ArgumentShape>: Declarable {
  public let specification: Specification
  let defaultValue: Value
  private let limit: Limit<Value.ArgumentElement>?

  public init(
    _ name: String, short: Character? = nil, value placeholder: String? = nil, kind: ValueKind = Value.kind,
    limit: Limit<Value.ArgumentElement>? = nil, default defaultValue: Value, help: String
  ) where Value: ArgumentValue {
    self.init(
      name, short, placeholder, kind, limit, defaultValue, defaultText: defaultValue.argumentText, help: help)
  }

  public init<Element: ArgumentValue>(
    _ name: String, short: Character? = nil, value placeholder: String? = nil, kind: ValueKind = Element.kind,
    limit: Limit<Element>? = nil, help: String
  ) where Value == Element? {
    self.init(name, short, placeholder, kind, limit, nil, defaultText: nil, help: help)
  }

  public init<Element: ArgumentValue>(
    _ name: String, short: Character? = nil, value placeholder: String? = nil, kind: ValueKind = Element.kind,
    limit: Limit<Element>? = nil, help: String
  ) where Value == [Element] {
    self.init(name, short, placeholder, kind, limit, [], defaultText: nil, help: help)
  }

  private init(
    _ name: String, _ short: Character?, _ placeholder: String?, _ kind: ValueKind,
    _ limit: Limit<Value.ArgumentElement>?, _ defaultValue: Value, defaultText: String?, help: String
  ) {
    self.defaultValue = defaultValue
    self.limit = limit
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
