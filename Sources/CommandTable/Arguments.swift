/// What was given to one command. Reading an item that the command does not declare is a programming error and stops
/// the program.
public struct Arguments: Sendable {
  /// By long name or, for operands, by name in angle brackets, so that `--file` and an operand `file` differ.
  private var values: [String: [RawArgument]] = [:]
  private var switches: [String: Bool] = [:]
  private var declared: Set<String> = []

  public subscript(_ flag: Flag) -> Bool {
    check(flag.specification)
    return switches[flag.specification.key] ?? flag.defaultValue
  }

  public subscript<Value>(_ option: Option<Value>) -> Value {
    guard let value = option.value(of: given(option.specification)) else { Self.undeclared(option.specification) }
    return value
  }

  public subscript<Value>(_ operand: Operand<Value>) -> Value {
    guard let value = operand.value(of: given(operand.specification)) else { Self.undeclared(operand.specification) }
    return value
  }

  mutating func declare(_ items: [Specification]) {
    declared.formUnion(items.map(\.key))
  }

  mutating func set(_ flag: Specification, to value: Bool) {
    switches[flag.key] = value
  }

  mutating func add(_ value: RawArgument, to item: Specification) {
    values[item.key, default: []].append(value)
  }

  func isSet(_ flag: Flag) -> Bool {
    switches[flag.specification.key] ?? false
  }

  private func given(_ item: Specification) -> [RawArgument] {
    check(item)
    return values[item.key] ?? []
  }

  private func check(_ item: Specification) {
    if !declared.contains(item.key) { Self.undeclared(item) }
  }

  private static func undeclared(_ item: Specification) -> Never {
    preconditionFailure("\(item.spelling) is read by a command that does not declare it")
  }
}

extension Specification {
  fileprivate var key: String { isOperand ? "<\(name)>" : name }
}
