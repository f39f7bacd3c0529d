/// `column=[not.]operator.value`
struct Filter: Equatable, Sendable {
  var field: Field
  var condition: Condition
}

struct Condition: Equatable, Sendable {
  var isNegated = false
  var operation: Operation

  enum Operation: Equatable, Sendable {
    /// `sql` is the operator's SQL form.
    case compare(sql: String, value: String)
    /// Comparisons that take `(any)` or `(all)`.
    case quantified(sql: String, Quantifier?, value: String)
    case among([String])
    /// `keyword` as SQL wants it after IS.
    case isKeyword(String)
    case distinctFrom(String)
    /// `function` makes the query out of the value.
    case fullText(function: String, language: String?, value: String)
  }

  enum Quantifier: String, Sendable {
    case any = "ANY"
    case all = "ALL"
  }
}

extension RowsGrammar {
  /// The value of a filter that is a parameter of its own: all the rest of the text.
  static let plainValue = scalars { _ in true }

  /// `value` differs between a parameter and a place inside `and=(…)`.
  static func condition(value: TextParser<String>) -> TextParser<Condition> {
    let negation = word("not").before(delimiter).map { _ in true }.attempt().or(.value(false))
    let operation =
      among
      .or(isKeyword)
      .or(word("isdistinct").before(delimiter).attempt().then(value).map { .distinctFrom($0) })
      .or(fullText(value).attempt())
      .or(comparison(value).attempt())
      .or(quantifiedComparison(value).attempt())
      .labelled("operator (eq, gt, ...)")
    return negation.flatMap { isNegated in
      operation.map { Condition(isNegated: isNegated, operation: $0) }
    }
  }

  /// An element of a list: quoted, or anything up to a comma or parenthesis.
  static let listElement =
    quotedValue.before(noneOf(",)").notFollowing()).attempt().or(scalars(except: ",)"))

  private static let among: TextParser<Condition.Operation> =
    word("in").before(delimiter).attempt()
    .then(lexeme(character("("))).then(listElement.separated(by: character(",")))
    .before(lexeme(character(")"))).map { .among($0) }

  private static let isKeyword: TextParser<Condition.Operation> = {
    let keywords = [
      ("null", "NULL"), ("not_null", "NOT NULL"), ("true", "TRUE"), ("false", "FALSE"), ("unknown", "UNKNOWN"),
    ]
    let keyword = keywords.map { word, sql in anyCase(word).map { _ in sql }.attempt() }
      .reduce(TextParser<String>.nothing) { $0.or($1) }.labelled("isVal: (null, not_null, true, false, unknown)")
    return word("is").before(delimiter).attempt().then(keyword).map { .isKeyword($0) }
  }()

  private static func fullText(_ value: TextParser<String>) -> TextParser<Condition.Operation> {
    let function = oneOf([
      ("fts", "to_tsquery"), ("plfts", "plainto_tsquery"), ("phfts", "phraseto_tsquery"),
      ("wfts", "websearch_to_tsquery"),
    ])
    let language = character("(").then(identifier).before(character(")")).attempt().optional()
    return function.flatMap { function in
      language.before(delimiter).flatMap { language in
        value.map { .fullText(function: function, language: language, value: $0) }
      }
    }
  }

  private static func comparison(_ value: TextParser<String>) -> TextParser<Condition.Operation> {
    let operators = oneOf([
      ("neq", "<>"), ("cs", "@>"), ("cd", "<@"), ("ov", "&&"), ("sl", "<<"), ("sr", ">>"), ("nxr", "&<"),
      ("nxl", "&>"), ("adj", "-|-"),
    ]).labelled("unknown single value operator")
    return operators.before(delimiter).flatMap { sql in value.map { .compare(sql: sql, value: $0) } }
  }

  private static func quantifiedComparison(_ value: TextParser<String>) -> TextParser<Condition.Operation> {
    let operators = oneOf([
      ("eq", "="), ("gte", ">="), ("gt", ">"), ("lte", "<="), ("lt", "<"), ("like", "LIKE"), ("ilike", "ILIKE"),
      ("match", "~"), ("imatch", "~*"),
    ]).labelled("unknown single value operator")
    let quantifier = character("(").then(
      word("any").attempt().map { _ in Condition.Quantifier.any }
        .or(word("all").map { _ in .all })
    ).before(character(")")).attempt().optional()
    return operators.flatMap { sql in
      quantifier.before(delimiter).flatMap { quantifier in
        value.map { .quantified(sql: sql, quantifier, value: $0) }
      }
    }
  }

  private static func oneOf(_ words: [(word: String, meaning: String)]) -> TextParser<String> {
    words.map { pair in word(pair.word).map { _ in pair.meaning }.attempt() }
      .reduce(TextParser<String>.nothing) { $0.or($1) }
  }
}
