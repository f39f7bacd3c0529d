import Testing

@testable import StandIn

/// The grammar of the query string, with the error texts of PostgREST's own parser.
@Suite struct RowsGrammarTests {
  private func value<Value>(_ parser: TextParser<Value>, _ text: String) throws -> Value {
    try parser.parse(text).get()
  }

  private func failure<Value>(_ parser: TextParser<Value>, _ text: String) -> String? {
    if case .failure(let failure) = parser.parse(text) { "\(failure.place) \(failure.error.details)" } else { nil }
  }

  private var condition: TextParser<Condition> { RowsGrammar.condition(value: RowsGrammar.plainValue) }

  private func equals(_ value: String) -> Condition {
    Condition(operation: .quantified(sql: "=", nil, value: value))
  }

  @Test(arguments: [
    ("identifier with spaces", "identifier with spaces"), ("with-dashes", "with-dashes"), ("\":\"", ":"),
    (" trimmed ", "trimmed"), ("\" kept \"", " kept "), (#""q\"uo\\te""#, #"q"uo\te"#), ("größe", "größe"),
  ])
  func `field names may be quoted, dashed and spaced`(_ text: String, _ name: String) throws {
    #expect(try value(RowsGrammar.fieldName, text) == name)
  }

  @Test func `a JSON path has keys and indexes`() throws {
    #expect(
      try value(RowsGrammar.field, "data->a-b->>-1")
        == Field(
          name: "data",
          path: [JSONStep(asText: false, operand: .key("a-b")), JSONStep(asText: true, operand: .index("-1"))]))
    #expect(
      try value(RowsGrammar.field, "data->!@#$%^&*_a")
        == Field(name: "data", path: [JSONStep(asText: false, operand: .key("!@#$%^&*_a"))]))
    #expect(
      try value(RowsGrammar.field, "data->>\"k.ey\"")
        == Field(name: "data", path: [JSONStep(asText: true, operand: .key("k.ey"))]))
  }

  @Test func `a top-level value is taken whole, quotes and all`() throws {
    #expect(try value(condition, #"eq."a,(b).c""#) == equals(#""a,(b).c""#))
    #expect(try value(condition, "eq.") == equals(""))
  }

  @Test func `conditions can be negated and quantified`() throws {
    #expect(
      try value(condition, "not.eq(any).{a,b}")
        == Condition(isNegated: true, operation: .quantified(sql: "=", .any, value: "{a,b}")))
    #expect(try value(condition, "cs.{1}") == Condition(operation: .compare(sql: "@>", value: "{1}")))
    #expect(try value(condition, "isdistinct.x") == Condition(operation: .distinctFrom("x")))
    #expect(
      try value(condition, "plfts(english).a b")
        == Condition(operation: .fullText(function: "plainto_tsquery", language: "english", value: "a b")))
  }

  @Test(arguments: [("is.null", "NULL"), ("is.NOT_null", "NOT NULL"), ("is.True", "TRUE"), ("is.unknown", "UNKNOWN")])
  func `is takes its keywords in any case`(_ text: String, _ keyword: String) throws {
    #expect(try value(condition, text) == Condition(operation: .isKeyword(keyword)))
  }

  @Test(arguments: [
    ("in.()", [""]), ("in.(\"\")", [""]), ("in.(,)", ["", ""]), ("in.( a,b )", ["a", "b "]),
    (#"in.("a,b","c\"d\\e")"#, ["a,b", #"c"d\e"#]), (#"in.("a"b,c)"#, [#""a"b"#, "c"]), ("in.(a)rest", ["a"]),
  ])
  func `lists are split at commas outside quotes`(_ text: String, _ values: [String]) throws {
    #expect(try value(condition, text) == Condition(operation: .among(values)))
  }

  @Test func `logic trees nest`() throws {
    let tree = try value(RowsGrammar.logicTree, #"or(a.eq."x,y",not.and(b.is.null,c.cs.{1,2}))"#)
    #expect(
      tree
        == .group(
          isNegated: false, .or,
          [
            .filter(Filter(field: Field(name: "a"), condition: equals("x,y"))),
            .group(
              isNegated: true, .and,
              [
                .filter(Filter(field: Field(name: "b"), condition: Condition(operation: .isKeyword("NULL")))),
                .filter(
                  Filter(
                    field: Field(name: "c"), condition: Condition(operation: .compare(sql: "@>", value: "{1,2}")))),
              ]),
          ]))
    #expect(try value(RowsGrammar.logicPath, "not.or") == ([], "not.or"))
  }

  @Test func `select has aliases, casts and paths`() throws {
    #expect(
      try value(RowsGrammar.selectList, " id , size:size_bytes::text,data->a->0,*")
        == [
          .column(SelectedColumn(field: Field(name: "id"))),
          .column(SelectedColumn(field: Field(name: "size_bytes"), cast: "text", alias: "size")),
          .column(
            SelectedColumn(
              field: Field(
                name: "data",
                path: [JSONStep(asText: false, operand: .key("a")), JSONStep(asText: false, operand: .index("+0"))]))),
          .column(.everything),
        ])
    #expect(try value(RowsGrammar.selectList, "") == [])
    #expect(
      try value(RowsGrammar.selectList, "id,other!inner(*),...more(id)")
        == [
          .column(SelectedColumn(field: Field(name: "id"))),
          .relation(SelectedRelation(name: "other", isInner: true, select: [.column(.everything)])),
          .relation(
            SelectedRelation(
              name: "more", isSpread: true, select: [.column(SelectedColumn(field: Field(name: "id")))])),
        ])
    #expect(
      try value(RowsGrammar.selectList, "n:count()")
        == [.column(SelectedColumn(field: Field(name: "*"), alias: "n", isAggregate: true))])
  }

  @Test(arguments: [
    ("a(id)", SelectedRelation(name: "a")), ("x:a(id)", SelectedRelation(name: "a", alias: "x")),
    ("a!inner(id)", SelectedRelation(name: "a", isInner: true)), ("a!left(id)", SelectedRelation(name: "a")),
    ("x:a!fk!inner(id)", SelectedRelation(name: "a", alias: "x", hint: "fk", isInner: true)),
    ("a!inner!fk(id)", SelectedRelation(name: "a", hint: "fk", isInner: true)),
    ("a!left!inner(id)", SelectedRelation(name: "a")), ("a!fk!other(id)", SelectedRelation(name: "a", hint: "fk")),
    ("a!innermost(id)", nil), (" \"a b\" (id)", nil),
    ("...a!fk(id)", SelectedRelation(name: "a", hint: "fk", isSpread: true)),
    ("count(id)", nil), ("a!1!2!3(id)", nil),
  ])
  func `embedded resources have aliases, hints and joins`(_ text: String, _ relation: SelectedRelation?) {
    var wanted = relation
    wanted?.select = [.column(SelectedColumn(field: Field(name: "id")))]
    #expect((try? value(RowsGrammar.selectList, text)) == wanted.map { [.relation($0)] })
  }

  @Test func `embedded resources nest and may be empty`() throws {
    #expect(
      try value(RowsGrammar.selectList, "a(),b( id , c(*))")
        == [
          .relation(SelectedRelation(name: "a")),
          .relation(
            SelectedRelation(
              name: "b",
              select: [
                .column(SelectedColumn(field: Field(name: "id"))),
                .relation(SelectedRelation(name: "c", select: [.column(.everything)])),
              ])),
        ])
  }

  @Test func `a path names its column after its last key`() throws {
    func name(_ text: String) throws -> String? {
      guard case .column(let column)? = try value(RowsGrammar.selectList, text).first else { return nil }
      return column.outputName
    }
    #expect(try name("data->1->mycol->>2") == "mycol")
    #expect(try name("data->3") == "data")
    #expect(try name("x:data->a") == "x")
    #expect(try name("data") == nil)
  }

  @Test func `order has directions and places for nulls`() throws {
    #expect(
      try value(RowsGrammar.order, "a.desc.nullslast,b,data->x.asc,c.nullsfirst")
        == [
          OrderTerm(field: Field(name: "a"), direction: "DESC", nulls: "NULLS LAST"),
          OrderTerm(field: Field(name: "b")),
          OrderTerm(
            field: Field(name: "data", path: [JSONStep(asText: false, operand: .key("x"))]), direction: "ASC"),
          OrderTerm(field: Field(name: "c"), nulls: "NULLS FIRST"),
        ])
    #expect(
      try value(RowsGrammar.order, "other(a).desc")
        == [OrderTerm(field: Field(name: "a"), relation: "other", direction: "DESC")])
  }

  @Test(arguments: [
    ("foo", #"(line 1, column 1) unexpected "f" expecting "not" or operator (eq, gt, ...)"#),
    ("eq().value", #"(line 1, column 4) unexpected ")" expecting operator (eq, gt, ...)"#),
    ("in().value", #"(line 1, column 3) unexpected "(" expecting operator (eq, gt, ...)"#),
    ("in.(a", #"(line 1, column 6) unexpected end of input expecting "," or ")""#),
  ])
  func `filters that cannot be read say where and why`(_ text: String, _ words: String) {
    #expect(failure(condition, text) == words)
  }

  @Test(arguments: [
    (
      "or()",
      #"(line 1, column 4) unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or "#
        + "logic operator (and, or)"
    ),
    ("or(id.in.1,2,id.eq.3)", #"(line 1, column 10) unexpected "1" expecting "(""#),
    ("and(ord(id.eq.1,id.eq.1),id.eq.2)", #"(line 1, column 7) unexpected "d" expecting "(""#),
    ("or(id.eq.1,not.xor(id.eq.2))", #"(line 1, column 16) unexpected "x" expecting logic operator (and, or)"#),
  ])
  func `logic trees that cannot be read say where and why`(_ text: String, _ words: String) {
    #expect(failure(RowsGrammar.logicTree, text) == words)
  }

  @Test(arguments: [
    (
      "name!hint",
      #"(line 1, column 5) unexpected '!' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of "#
        + "input"
    ),
    ("name::", "(line 1, column 7) unexpected end of input expecting letter or digit"),
    ("data->>-78xy", #"(line 1, column 11) unexpected 'x' expecting digit, "->", "::", ".", "," or end of input"#),
  ])
  func `select lists that cannot be read say where and why`(_ text: String, _ words: String) {
    #expect(failure(RowsGrammar.selectList, text) == words)
  }

  @Test(arguments: [
    ("id.smth34", #"(line 1, column 4) unexpected "s" expecting "asc", "desc", "nullsfirst" or "nullslast""#),
    ("id.descc", #"(line 1, column 8) unexpected 'c' expecting delimiter (.), "," or end of input"#),
    ("id.asc.nlsfst", #"(line 1, column 8) unexpected "l" expecting "nullsfirst" or "nullslast""#),
    ("id.asc.nullslasttt", #"(line 1, column 17) unexpected 't' expecting "," or end of input"#),
  ])
  func `orders that cannot be read say where and why`(_ text: String, _ words: String) {
    #expect(failure(RowsGrammar.order, text) == words)
  }
}
