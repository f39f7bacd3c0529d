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
