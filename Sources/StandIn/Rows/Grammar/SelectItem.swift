/// One item of `select=`.
enum SelectItem: Equatable, Sendable {
  case column(SelectedColumn)
  /// An embedded resource, spread or not.
  case relation(String)
}

struct SelectedColumn: Equatable, Sendable {
  /// The name is `*` for all columns.
  var field: Field
  var cast: String?
  var alias: String?
  var isAggregate = false

  static let everything = SelectedColumn(field: Field(name: "*"))

  /// The name in the answer where it differs from the one that PostgreSQL gives: the alias, or the last key of a path.
  var outputName: String? {
    if let alias { return alias }
    guard !field.path.isEmpty else { return nil }
    for step in field.path.reversed() {
      if case .key(let key) = step.operand { return key }
    }
    return field.name
  }
}

extension RowsGrammar {
  static let selectList: TextParser<[SelectItem]> = {
    let comma = lexeme(character(","))
    return selectItem.separated(by: comma).or(.value([]))
  }()

  private static let selectItem: TextParser<SelectItem> = {
    let itself = TextParser<[SelectItem]> { input, start in selectList.run(input, start) }
    let inner = character("(").then(itself).before(character(")"))
    return spread.attempt().before(inner)
      .or(relation.attempt().before(inner))
      .or(column.map { .column($0) })
  }()

  private static let alias =
    fieldName
    .before(character(":").then(character(":").notFollowing())).attempt().optional()

  private static let openingParenthesis = word("(").lookAhead().asVoid().attempt()

  private static let embedParameters: TextParser<Void> = {
    let parameter = character("!").then(
      word("left").attempt().or(word("inner").attempt()).or(fieldName.attempt())
    ).optional()
    return parameter.then(parameter).asVoid()
  }()

  private static let relation = lexeme(
    alias.then(fieldName).flatMap { name in name == "count" ? TextParser<String>.nothing : .value(name) }
      .before(embedParameters).before(openingParenthesis).map { SelectItem.relation($0) })

  private static let spread = lexeme(
    word("...").then(fieldName).before(embedParameters).before(openingParenthesis)
      .map { SelectItem.relation($0) })

  private static let cast = word("::").then(identifier).optional()

  private static let itemEnd = word(")").lookAhead().asVoid().attempt()
    .or(word(",").lookAhead().asVoid().attempt()).or(RowsGrammar.end.attempt())

  private static let column: TextParser<SelectedColumn> = {
    let star = word("*").before(itemEnd).map { _ in SelectedColumn.everything }
    let count = alias.flatMap { alias in
      word("count()").then(cast).before(itemEnd).map { cast in
        SelectedColumn(field: Field(name: "*"), cast: cast, alias: alias, isAggregate: true)
      }
    }
    let function = word("sum").or(word("avg")).or(word("count"))
      .or(word("max").attempt()).or(word("min").attempt())
    let aggregate = character(".").then(function).before(word("()")).attempt().optional()
    let plain = alias.flatMap { alias in
      field.flatMap { field in
        cast.flatMap { cast in
          aggregate.before(RowsGrammar.cast).before(itemEnd).map { aggregate in
            SelectedColumn(field: field, cast: cast, alias: alias, isAggregate: aggregate != nil)
          }
        }
      }
    }
    return lexeme(star.attempt().or(count.attempt()).or(plain))
  }()
}
