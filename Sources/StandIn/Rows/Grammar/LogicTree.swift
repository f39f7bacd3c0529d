/// Filters joined by AND and OR.
indirect enum LogicTree: Equatable, Sendable {
  case filter(Filter)
  case group(isNegated: Bool, LogicOperator, [LogicTree])

  var filters: [Filter] {
    switch self {
    case .filter(let filter): [filter]
    case .group(_, _, let members): members.flatMap(\.filters)
    }
  }
}

enum LogicOperator: String, Sendable {
  case and = "AND"
  case or = "OR"
}

extension RowsGrammar {
  /// `and(…)`, `or(…)`, `not.and(…)`, `not.or(…)` or `column.operator.value`.
  static let logicTree: TextParser<LogicTree> = {
    let filter = field.before(delimiter).flatMap { field in
      condition(value: logicValue).map { LogicTree.filter(Filter(field: field, condition: $0)) }
    }
    let negation = word("not").before(delimiter).map { _ in true }.attempt().or(.value(false))
      .labelled("negation operator (not)")
    let logicOperator = word("and").attempt().map { _ in LogicOperator.and }
      .or(word("or").map { _ in .or }).labelled("logic operator (and, or)")
    let itself = TextParser<LogicTree> { input, start in logicTree.run(input, start) }
    let members = lexeme(character("(")).then(itself.separated(by: lexeme(character(","))))
      .before(lexeme(character(")")))
    let group = negation.flatMap { isNegated in
      logicOperator.flatMap { joining in
        members.map { LogicTree.group(isNegated: isNegated, joining, $0) }
      }
    }
    return filter.attempt().or(group)
  }()

  /// The key of a logic parameter: the embedded resources on the way, then `or`, `and`, `not.or` or `not.and`.
  static let logicPath = fieldName.separated(by: delimiter).map { names in
    let last = names.last ?? ""
    return (names.dropLast().filter { $0 != "not" }, names.contains("not") ? "not." + last : last)
  }

  private static let logicValue: TextParser<String> = {
    let array = word("{").flatMap { open in
      scalars(except: "{}").flatMap { inside in
        word("}").map { open + inside + $0 }
      }
    }
    let quoted = quotedValue.before(noneOf(",)").notFollowing()).attempt()
    return quoted.or(array.attempt()).or(scalars(except: ",)"))
  }()
}
