// The parsers that look at the text itself.

extension RowsGrammar {
  static func scalar(where accepts: @escaping @Sendable (Unicode.Scalar) -> Bool) -> TextParser<Unicode.Scalar> {
    TextParser { input, start in
      guard start < input.count, accepts(input[start]) else { return .stopped(input, at: start) }
      return .init(
        outcome: .success(input[start], next: start + 1), consumed: true, error: .unknown(at: start + 1))
    }
  }

  static let anyScalar = scalar { _ in true }

  static func character(_ wanted: Unicode.Scalar) -> TextParser<Unicode.Scalar> {
    scalar { $0 == wanted }.labelled(shown(String(wanted)))
  }

  static func noneOf(_ refused: String) -> TextParser<Unicode.Scalar> {
    let refused = Array(refused.unicodeScalars)
    return scalar { !refused.contains($0) }
  }

  static let end = anyScalar.notFollowing().labelled("end of input")

  static func word(_ word: String) -> TextParser<String> {
    let wanted = Array(word.unicodeScalars)
    let label = shown(word)
    return TextParser { input, start in
      for (offset, scalar) in wanted.enumerated() {
        guard start + offset < input.count, input[start + offset] == scalar else {
          var reply = TextParser<String>.Reply.stopped(input, at: start + offset)
          reply.error.position = start
          reply.error = reply.error.expecting(label)
          reply.consumed = offset > 0
          return reply
        }
      }
      let next = start + wanted.count
      return .init(outcome: .success(word, next: next), consumed: true, error: .unknown(at: next))
    }
  }

  /// All scalars that `accepts` takes; with `labels`, at least one, and they say what was expected.
  static func scalars(
    atLeastOne: Bool = false, labels: [String] = [], while accepts: @escaping @Sendable (Unicode.Scalar) -> Bool
  ) -> TextParser<String> {
    let expected = labels.map { ParseError.Message.expected($0) }
    return TextParser { input, start in
      var end = start
      while end < input.count, accepts(input[end]) { end += 1 }
      var reply = TextParser<String>.Reply.stopped(input, at: end)
      reply.error.messages = expected + reply.error.messages
      if end == start, atLeastOne { return reply }
      reply.outcome = .success(String(input[start..<end]), next: end)
      reply.consumed = end > start
      return reply
    }
  }

  static func scalars(except refused: String, atLeastOne: Bool = false) -> TextParser<String> {
    let refused = Array(refused.unicodeScalars)
    return scalars(atLeastOne: atLeastOne) { !refused.contains($0) }
  }

  /// `word` in lower case, found in any mixture of cases.
  static func anyCase(_ word: String) -> TextParser<String> {
    word.unicodeScalars.reduce(TextParser.value(word)) { parser, scalar in
      let upper = scalar.properties.uppercaseMapping.unicodeScalars.first ?? scalar
      return parser.before(character(scalar).or(character(upper)))
    }
  }
}

extension TextParser<Unicode.Scalar> {
  /// Succeeds, without taking input, where this one fails.
  func notFollowing() -> TextParser<Void> {
    TextParser<Void> { input, start in
      guard case .success(let found, _) = run(input, start).outcome else {
        return .init(outcome: .success((), next: start), consumed: false, error: .unknown(at: start))
      }
      let token = "'" + shown(found, in: "'") + "'"
      return .init(
        outcome: .failure, consumed: false, error: ParseError(position: start, messages: [.unexpected(token)]))
    }
  }
}

extension TextParser.Reply {
  /// Failure at a scalar that nothing accepts, or at the end of the text.
  static func stopped(_ input: [Unicode.Scalar], at position: Int) -> Self {
    let token = position < input.count ? shown(String(input[position])) : ""
    return Self(
      outcome: .failure, consumed: false,
      error: ParseError(position: position, messages: [.unexpectedInput(token)]))
  }
}
