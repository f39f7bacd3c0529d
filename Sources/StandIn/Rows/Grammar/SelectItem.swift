/// One item of `select=`.
enum SelectItem: Equatable, Sendable {
  case column(SelectedColumn)
  case relation(SelectedRelation)
}

/// An embedded resource: `alias:name!hint!inner(…)` or `...name(…)`.
struct SelectedRelation: Equatable, Sendable {
  /// Of a table, or of a foreign key or its column.
  var name: String
  var alias: String?
  /// Of a foreign key, its column or a junction: what tells the relationship from others.
  var hint: String?
  /// Rows around it that have none of it are left out.
  var isInner = false
  /// Its columns appear as if they were of the row around it.
  var isSpread = false
  var select: [SelectItem] = []

  /// The key in the answer.
  var key: String { alias ?? name }
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
    return spread.attempt().or(embed.attempt()).flatMap { relation in
      inner.map { items in
        var relation = relation
        relation.select = items
        return .relation(relation)
      }
    }
    .or(column.map { .column($0) })
  }()

  private static let embed = lexeme(
    alias.flatMap { alias in
      let name = fieldName.flatMap { $0 == "count" ? TextParser<String>.nothing : .value($0) }
      return relation(name).map { relation in
        var relation = relation
        relation.alias = alias
        return relation
      }
    })

  private static let spread = lexeme(
    word("...").then(relation(fieldName)).map { relation in
      var relation = relation
      relation.isSpread = true
      return relation
    })

  private enum EmbedParameter {
    case join(isInner: Bool)
    case hint(String)
  }

  /// `name!hint!inner`, before a parenthesis. Of two parameters of a kind, the first counts.
  private static func relation(_ name: TextParser<String>) -> TextParser<SelectedRelation> {
    let parameter = character("!").then(
      word("left").attempt().map { _ in EmbedParameter.join(isInner: false) }
        .or(word("inner").attempt().map { _ in .join(isInner: true) })
        .or(fieldName.attempt().map { .hint($0) })
    ).optional()
    return name.flatMap { name in
      parameter.flatMap { first in
        parameter.map { second in
          var relation = SelectedRelation(name: name)
          for parameter in [second, first] {
            switch parameter {
            case .join(let isInner): relation.isInner = isInner
            case .hint(let hint): relation.hint = hint
            case nil: break
            }
          }
          return relation
        }
      }
    }.before(word("(").lookAhead().asVoid().attempt())
  }

  private static let alias =
    fieldName
    .before(character(":").then(character(":").notFollowing())).attempt().optional()

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
