/// Where a text could not be read any further, and what was expected there.
///
/// Errors are merged, ordered and worded as the Parsec library does it, because PostgREST hands its words to the client.
struct ParseError: Equatable {
  enum Message: Equatable {
    /// The input itself: a shown token, or empty at the end of the text.
    case unexpectedInput(String)
    case unexpected(String)
    case expected(String)
  }

  /// In scalars from the start.
  var position: Int
  /// Empty when nothing is known.
  var messages: [Message]

  static func unknown(at position: Int) -> ParseError {
    ParseError(position: position, messages: [])
  }

  /// The one that got further; both when they stopped at the same place.
  func merged(with other: ParseError) -> ParseError {
    if other.messages.isEmpty, !messages.isEmpty { return self }
    if messages.isEmpty, !other.messages.isEmpty { return other }
    if position == other.position { return ParseError(position: position, messages: messages + other.messages) }
    return position > other.position ? self : other
  }

  /// The same place with `label` as all that was expected.
  func expecting(_ label: String) -> ParseError {
    var kept = messages
    kept.removeAll { if case .expected = $0 { true } else { false } }
    return ParseError(position: position, messages: [.expected(label)] + kept)
  }

  /// `unexpected … expecting …, … or …`
  var details: String {
    var input: String?
    var unexpected: [String] = []
    var expected: [String] = []
    for message in messages {
      switch message {
      case .unexpectedInput(let text): input = input ?? (text.isEmpty ? "end of input" : text)
      case .unexpected(let text): unexpected.append(text)
      case .expected(let text): expected.append(text)
      }
    }
    var sentences: [String] = []
    if unexpected.isEmpty, let input { sentences.append("unexpected " + input) }
    if !unexpected.isEmpty { sentences.append("unexpected " + Self.enumeration(unexpected)) }
    if !expected.isEmpty { sentences.append("expecting " + Self.enumeration(expected)) }
    return sentences.isEmpty ? "unknown parse error" : sentences.joined(separator: " ")
  }

  private static func enumeration(_ words: [String]) -> String {
    var different: [String] = []
    for word in words where !word.isEmpty && !different.contains(word) { different.append(word) }
    guard let last = different.last, different.count > 1 else { return different.first ?? "" }
    return different.dropLast().joined(separator: ", ") + " or " + last
  }

  /// `(line 1, column 5)`, counted as Parsec does: from 1, tabs reach to the next multiple of eight.
  func place(in input: [Unicode.Scalar]) -> String {
    var line = 1
    var column = 1
    for scalar in input.prefix(position) {
      switch scalar {
      case "\n":
        line += 1
        column = 1
      case "\t": column += 8 - (column - 1) % 8
      default: column += 1
      }
    }
    return "(line \(line), column \(column))"
  }
}

/// A scalar as Haskell shows it inside a string or character literal.
func shown(_ scalar: Unicode.Scalar, in quote: Unicode.Scalar) -> String {
  switch scalar {
  case quote: "\\" + String(Character(quote))
  case "\\": "\\\\"
  case "\n": "\\n"
  case "\t": "\\t"
  case "\r": "\\r"
  case "\0": "\\NUL"
  case " "..."~": String(Character(scalar))
  default: "\\\(scalar.value)"
  }
}

func shown(_ text: String) -> String {
  "\"" + text.unicodeScalars.map { shown($0, in: "\"") }.joined() + "\""
}
