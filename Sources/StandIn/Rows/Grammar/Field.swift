/// A column, or a place inside its JSON.
struct Field: Equatable, Sendable {
  var name: String
  var path: [JSONStep] = []
}

/// One `->` or `->>` of a JSON path.
struct JSONStep: Equatable, Sendable {
  enum Operand: Equatable, Sendable {
    case key(String)
    /// With its sign.
    case index(String)
  }

  /// `->>`
  var asText: Bool
  var operand: Operand
}

/// The grammar of the query string's values, one extension a file.
enum RowsGrammar {
  static let blanks = scalars { $0 == " " || $0 == "\t" }

  static func lexeme<Value>(_ parser: TextParser<Value>) -> TextParser<Value> {
    blanks.then(parser).before(blanks)
  }

  static let delimiter = character(".").labelled("delimiter (.)")

  static let identifier = scalars(atLeastOne: true, labels: ["letter", "digit"]) {
    $0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "_" || $0 == " " || $0 == "$"
  }.map(trimmed)

  /// `"…"` with `\"` and `\\`
  static let quotedValue =
    character("\"").then(
      scalars(except: "\\\"", atLeastOne: true)
        .or(character("\\").then(anyScalar).map { String($0) }).many().map { $0.joined() }
    ).before(character("\""))

  static let fieldName =
    quotedValue.or(separatedByDashes(identifier)).labelled("field name (* or [a..z0..9_$])")

  static let jsonKey =
    quotedValue.or(separatedByDashes(scalars(except: "(-:.,>)", atLeastOne: true).map(trimmed)))
    .labelled("any non reserved character different from: .,>()")

  static let jsonPath = jsonArrow.flatMap { asText in
    jsonOperand.map { JSONStep(asText: asText, operand: $0) }
  }.many()

  static let field = lexeme(
    fieldName.flatMap { name in jsonPath.map { Field(name: name, path: $0) } })

  /// The key of a filter: the embedded resources on the way, then the field.
  static let treePath = fieldName.separated(by: delimiter).flatMap { names in
    jsonPath.map { path in (Array(names.dropLast()), Field(name: names.last ?? "", path: path)) }
  }

  static let columns = fieldName.separated(by: lexeme(character(",")))

  private static func separatedByDashes(_ part: TextParser<String>) -> TextParser<String> {
    let dash = character("-").then(character(">").notFollowing()).attempt()
    return part.separated(by: dash).map { $0.joined(separator: "-") }
  }

  private static let jsonArrow = word("->>").attempt().map { _ in true }
    .or(word("->").attempt().map { _ in false })

  private static let jsonOperand =
    jsonIndex.attempt().or(jsonKey.map { JSONStep.Operand.key($0) }.attempt())

  private static let jsonIndex: TextParser<JSONStep.Operand> = {
    let sign = character("-").or(.value("+"))
    let digits = scalars(atLeastOne: true, labels: ["digit"]) { ("0"..."9").contains($0) }
    let end = ["->", "::", ".", ","].map { word($0).lookAhead().asVoid().attempt() }
      .reduce(TextParser<Void>.nothing) { $0.or($1) }.or(RowsGrammar.end.attempt())
    return sign.flatMap { sign in digits.map { .index(String(sign) + $0) } }.before(end)
  }()
}

/// Without white space at both ends.
func trimmed(_ text: String) -> String {
  let scalars = text.unicodeScalars
  guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
    let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
  else { return "" }
  return String(scalars[first...last])
}
