/// Reads a value from the start of a text, with unlimited look-ahead only where `attempt` says so.
struct TextParser<Value: Sendable>: Sendable {
  struct Reply {
    enum Outcome {
      case success(Value, next: Int)
      case failure
    }

    var outcome: Outcome
    /// Whether input was taken: a choice does not try its second branch then.
    var consumed: Bool
    /// Why it failed; after success, what would have been accepted too.
    var error: ParseError
  }

  let run: @Sendable (_ input: [Unicode.Scalar], _ start: Int) -> Reply

  /// The value, or the error that tells how far the text could be read. Text after the value is ignored.
  func parse(_ text: String) -> Result<Value, Failure> {
    let input = Array(text.unicodeScalars)
    let reply = run(input, 0)
    switch reply.outcome {
    case .success(let value, _): return .success(value)
    case .failure: return .failure(Failure(error: reply.error, place: reply.error.place(in: input)))
    }
  }

  struct Failure: Error, Equatable {
    var error: ParseError
    var place: String
  }
}

extension TextParser {
  static func value(_ value: Value) -> TextParser {
    TextParser { _, start in
      Reply(outcome: .success(value, next: start), consumed: false, error: .unknown(at: start))
    }
  }

  static var nothing: TextParser {
    TextParser { _, start in Reply(outcome: .failure, consumed: false, error: .unknown(at: start)) }
  }

  func flatMap<Next>(_ next: @escaping @Sendable (Value) -> TextParser<Next>) -> TextParser<Next> {
    TextParser<Next> { input, start in
      let first = run(input, start)
      guard case .success(let value, let position) = first.outcome else {
        return .init(outcome: .failure, consumed: first.consumed, error: first.error)
      }
      var second = next(value).run(input, position)
      if !second.consumed {
        second.error = first.error.merged(with: second.error)
        second.consumed = first.consumed
      }
      return second
    }
  }

  func map<Next>(_ transform: @escaping @Sendable (Value) -> Next) -> TextParser<Next> {
    TextParser<Next> { input, start in
      let reply = run(input, start)
      switch reply.outcome {
      case .success(let value, let next):
        return .init(outcome: .success(transform(value), next: next), consumed: reply.consumed, error: reply.error)
      case .failure:
        return .init(outcome: .failure, consumed: reply.consumed, error: reply.error)
      }
    }
  }

  /// This one's value is dropped.
  func then<Next>(_ next: TextParser<Next>) -> TextParser<Next> {
    flatMap { _ in next }
  }

  /// The other one's value is dropped.
  func before<Other>(_ other: TextParser<Other>) -> TextParser {
    flatMap { value in other.map { _ in value } }
  }

  func asVoid() -> TextParser<Void> {
    map { _ in }
  }

  /// `other` when this one fails without having taken input.
  func or(_ other: TextParser) -> TextParser {
    TextParser { input, start in
      let first = run(input, start)
      guard case .failure = first.outcome, !first.consumed else { return first }
      var second = other.run(input, start)
      if !second.consumed { second.error = first.error.merged(with: second.error) }
      return second
    }
  }

  /// On failure, as if no input had been taken.
  func attempt() -> TextParser {
    TextParser { input, start in
      var reply = run(input, start)
      if case .failure = reply.outcome { reply.consumed = false }
      return reply
    }
  }

  /// What is said to be expected when this fails at its start.
  func labelled(_ label: String) -> TextParser {
    TextParser { input, start in
      var reply = run(input, start)
      guard !reply.consumed else { return reply }
      if case .success = reply.outcome, reply.error.messages.isEmpty { return reply }
      reply.error = reply.error.expecting(label)
      return reply
    }
  }

  func optional() -> TextParser<Value?> {
    map(Optional.some).or(.value(nil))
  }

  /// As often as possible; the parser must take input when it succeeds.
  func many() -> TextParser<[Value]> {
    TextParser<[Value]> { input, start in
      var values: [Value] = []
      var position = start
      while true {
        let reply = run(input, position)
        switch reply.outcome {
        case .success(let value, let next):
          values.append(value)
          position = next
        case .failure where reply.consumed:
          return .init(outcome: .failure, consumed: true, error: reply.error)
        case .failure:
          return .init(outcome: .success(values, next: position), consumed: position > start, error: reply.error)
        }
      }
    }
  }

  func separated<Separator>(by separator: TextParser<Separator>) -> TextParser<[Value]> {
    flatMap { first in separator.then(self).many().map { [first] + $0 } }
  }

  /// Succeeds where this one does, without taking input.
  func lookAhead() -> TextParser {
    TextParser { input, start in
      let reply = run(input, start)
      guard case .success(let value, _) = reply.outcome else { return reply }
      return Reply(outcome: .success(value, next: start), consumed: false, error: .unknown(at: start))
    }
  }
}
