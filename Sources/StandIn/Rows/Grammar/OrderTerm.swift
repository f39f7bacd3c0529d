/// One term of `order=`.
struct OrderTerm: Equatable, Sendable {
  var field: Field
  /// The embedded resource whose field it is.
  var relation: String?
  /// ASC, DESC or empty.
  var direction = ""
  /// NULLS FIRST, NULLS LAST or empty.
  var nulls = ""
}

extension RowsGrammar {
  static let order = lexeme(relatedTerm.attempt().or(ownTerm)).separated(by: character(","))

  private static let relatedTerm = fieldName.flatMap { relation in
    character("(").then(field).before(character(")")).flatMap { field in
      placement.map { OrderTerm(field: field, relation: relation, direction: $0.0, nulls: $0.1) }
    }
  }

  private static let ownTerm = field.flatMap { field in
    placement.map { OrderTerm(field: field, direction: $0.0, nulls: $0.1) }
  }

  /// Direction and nulls.
  private static let placement: TextParser<(String, String)> = {
    func suffix(_ name: String, _ sql: String) -> TextParser<String> {
      delimiter.then(word(name)).map { _ in sql }.attempt()
    }
    let direction = suffix("asc", "ASC").or(suffix("desc", "DESC")).optional()
    let nulls = suffix("nullsfirst", "NULLS FIRST").or(suffix("nullslast", "NULLS LAST")).optional()
    let end = character(",").lookAhead().asVoid().attempt().or(RowsGrammar.end.attempt())
    return direction.flatMap { direction in
      nulls.before(end).or(end.map { nil }).map { (direction ?? "", $0 ?? "") }
    }
  }()
}
