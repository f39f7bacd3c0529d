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
