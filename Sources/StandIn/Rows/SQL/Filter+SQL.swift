extension SQLText {
  mutating func append(_ field: Field, of source: SQLSource) {
    let column = source.column(field.name)
    guard !field.path.isEmpty else { return text += column }
    text += source.table?.column(field.name)?.isJSON == true ? column : "to_jsonb(\(column))"
    for step in field.path {
      text += step.asText ? "->>" : "->"
      switch step.operand {
      case .key(let key): bind(key)
      case .index(let index):
        bind(index)
        text += "::int"
      }
    }
  }

  mutating func append(_ filter: Filter, of source: SQLSource) {
    if filter.condition.isNegated { text += "NOT " }
    switch filter.condition.operation {
    case .fullText(let function, let language, let value):
      appendSearchable(filter.field, language, of: source)
      text += " @@ \(function)("
      append(language: language)
      bind(value)
      text += ")"
    case .compare(let sql, let value):
      append(filter.field, of: source)
      text += " \(sql) "
      bind(value)
    case .quantified(let sql, let quantifier, let value):
      append(filter.field, of: source)
      text += " \(sql) "
      if let quantifier { text += quantifier.rawValue + "(" }
      bind(sql.hasSuffix("LIKE") ? Self.pattern(value) : value)
      if quantifier != nil { text += ")" }
    case .among(let values):
      append(filter.field, of: source)
      text += " = ANY ("
      if values == [""] { text += "'{}'" } else { bind(Self.array(values)) }
      text += ")"
    case .isKeyword(let keyword):
      append(filter.field, of: source)
      text += " IS " + keyword
    case .distinctFrom(let value):
      append(filter.field, of: source)
      text += " IS DISTINCT FROM "
      bind(value)
    }
  }

  /// Writes one condition.
  typealias Term = (inout SQLText) -> Void

  /// Writes ` WHERE …`, or nothing.
  ///
  /// - Parameters:
  ///   - terms: more conditions.
  ///   - writeFilter: writes each filter in `conditions`.
  mutating func appendWhere(
    _ conditions: [LogicTree], _ terms: [Term] = [], writeFilter: @escaping (inout SQLText, Filter) -> Void
  ) {
    let terms = conditions.map { tree -> Term in { $0.append(tree, writeFilter: writeFilter) } } + terms
    guard !terms.isEmpty else { return }
    text += " WHERE "
    join(terms, separator: " AND ") { sql, term in term(&sql) }
  }

  private mutating func append(_ tree: LogicTree, writeFilter: (inout SQLText, Filter) -> Void) {
    switch tree {
    case .filter(let filter): writeFilter(&self, filter)
    case .group(let isNegated, let joining, let members):
      text += isNegated ? "NOT (" : "("
      join(members, separator: " \(joining.rawValue) ") { $0.append($1, writeFilter: writeFilter) }
      text += ")"
    }
  }

  private mutating func appendSearchable(_ field: Field, _ language: String?, of source: SQLSource) {
    let isVector = source.table?.column(field.name)?.baseType == "tsvector" && field.path.isEmpty
    if isVector { return append(field, of: source) }
    text += "to_tsvector("
    append(language: language)
    append(field, of: source)
    text += ")"
  }

  private mutating func append(language: String?) {
    guard let language else { return }
    bind(language)
    text += ", "
  }

  /// A pattern of LIKE, whose `*` are spelt so that they need no encoding in a URL.
  private static func pattern(_ value: String) -> String {
    String(decoding: value.utf8.map { $0 == UInt8(ascii: "*") ? UInt8(ascii: "%") : $0 }, as: UTF8.self)
  }

  /// An array literal; each element ends at a NUL.
  private static func array(_ values: [String]) -> String {
    let elements = values.map { value in
      "\"" + value.marking("\"\\", with: "\\") + "\""
    }
    return "{" + elements.joined(separator: ",") + "}"
  }
}
