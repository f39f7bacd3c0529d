import Testing

@testable import StandIn

@Suite struct RowsQueryStringTests {
  private func pairs(_ text: String) throws -> [String] {
    try QueryString(Array(text.utf8)).decoded().map { "\($0.name)|\($0.value ?? "-")" }
  }

  @Test func `both separators split, a plus is a space, a broken escape stays`() throws {
    #expect(try pairs("a=1&b=2;c&d=a+b%2Bc%zz&") == ["a|1", "b|2", "c|-", "d|a b+c%zz"])
  }

  @Test func `bytes that are no UTF-8 are refused`() {
    #expect(throws: RowsError.somethingWentWrong) { try QueryString(Array("a=%FF".utf8)).decoded() }
  }

  @Test func `the canonical form is sorted, joined and encoded twice`() {
    #expect(QueryString(Array("b=x;a=1&b=y,z&c".utf8)).canonical == "a=1&b=x,y%2Cz&c=")
    #expect(QueryString(Array("a=%C3%A9 ~".utf8)).canonical == "a=%C3%83%C2%A9%20~")
  }

  @Test func `the first select and order count, the last limit and offset`() throws {
    let parameters = try QueryParameters(
      QueryString(
        Array("select=a&select=b&order=a&order=b&limit=1&limit=2&offset=3&offset=x&on_conflict=k,l".utf8)),
      isReadingCall: false)
    #expect(parameters.select == [.column(SelectedColumn(field: Field(name: "a")))])
    #expect(parameters.order == [OrderTerm(field: Field(name: "a"))])
    #expect(parameters.range == RowRange(lower: 0, upper: 1))
    #expect(parameters.onConflict == ["k", "l"])
  }

  @Test func `what is said of embedded resources is attached kind by kind, from the last to the first`() throws {
    let parameters = try QueryParameters(
      QueryString(Array("a.limit=2&b.or=(x.is.null)&a.b.x=is.null&b.x=is.true&a.order=x&b.order=y&a.offset=1".utf8)),
      isReadingCall: false)
    func condition(_ keyword: String) -> LogicTree {
      .filter(Filter(field: Field(name: "x"), condition: Condition(operation: .isKeyword(keyword))))
    }
    #expect(
      parameters.embedded == [
        EmbedParameter(path: ["b"], value: .condition(condition("TRUE"))),
        EmbedParameter(path: ["a", "b"], value: .condition(condition("NULL"))),
        EmbedParameter(path: ["b"], value: .order([OrderTerm(field: Field(name: "y"))])),
        EmbedParameter(path: ["a"], value: .order([OrderTerm(field: Field(name: "x"))])),
        EmbedParameter(path: ["a"], value: .range(RowRange(lower: 1, upper: 2))),
        EmbedParameter(path: ["b"], value: .condition(.group(isNegated: false, .or, [condition("NULL")]))),
      ])
    #expect(parameters.conditions.isEmpty)
    #expect(parameters.range == .all)
  }

  @Test func `in a reading call, what has no operator is an argument`() throws {
    let parameters = try QueryParameters(QueryString(Array("a=1&b=eq.2".utf8)), isReadingCall: true)
    #expect(parameters.arguments == [.init(name: "a", value: "1")])
    #expect(parameters.filters.map(\.field.name) == ["b"])
  }
}

@Suite struct RowsRangeTests {
  private func range(limit: String? = nil, offset: String? = nil, header: String? = nil) throws -> RowRange {
    try RowRange.requested(header: RowRange(header: header), parameters: RowRange(limit: limit, offset: offset))
  }

  @Test func `limit, offset and header are all met`() throws {
    #expect(try range() == .all)
    #expect(try range(limit: "2", offset: "4") == RowRange(lower: 4, upper: 5))
    #expect(try range(header: "1-2") == RowRange(lower: 1, upper: 2))
    #expect(try range(header: "3-") == RowRange(lower: 3, upper: nil))
    #expect(try range(limit: "2", header: "1-5") == RowRange(lower: 1, upper: 1))
    #expect(try range(limit: "0") == .limitZero)
  }

  @Test(arguments: ["bytes=1-2", "a-b", "-3", "", "1"])
  func `a header of another form is ignored`(_ header: String) throws {
    #expect(try range(header: header) == .all)
  }

  @Test func `numbers that make no sense are ignored or refused`() throws {
    #expect(try range(limit: "abc") == .all)
    #expect(try range(limit: "") == .all)
    #expect(try range(offset: "-1") == .all)
    #expect(throws: RowsError.invalidRange("Limit should be greater than or equal to zero.")) {
      try range(limit: "-1")
    }
    #expect(throws: RowsError.self) { try range(header: "3-1") }
  }

  @Test func `a server's maximum cuts what was asked for`() {
    #expect(RowRange.all.restricted(to: 1000) == RowRange(lower: 0, upper: 999))
    #expect(RowRange(lower: 5, upper: nil).restricted(to: 10) == RowRange(lower: 5, upper: 14))
    #expect(RowRange(lower: 5, upper: 6).restricted(to: 10) == RowRange(lower: 5, upper: 6))
    #expect(RowRange.limitZero.restricted(to: 10) == .limitZero)
  }

  @Test(arguments: [
    (0, 4, Int?.none, "0-3/*", 200), (0, 0, nil, "*/*", 200), (0, 4, 4, "0-3/4", 200), (0, 2, 4, "0-1/4", 206),
    (4, 0, 4, "*/4", 206), (5, 0, 4, "*/4", 416), (0, 0, 0, "*/0", 200),
  ])
  func `content range and status follow from rows and total`(
    _ lower: Int, _ rows: Int, _ total: Int?, _ text: String, _ status: Int
  ) {
    let content = ContentRange(RowRange(lower: lower, upper: nil), rowCount: rows, total: total)
    #expect(content.description == text)
    #expect(content.status == status)
  }
}

@Suite struct RowsPreferencesTests {
  private func preferences(_ headers: String...) throws -> Preferences {
    try Preferences(headers) { $0 == "Europe/Berlin" }
  }

  @Test func `the first of a kind counts, across headers`() throws {
    let found = try preferences("count=exact,  return=minimal ", "count=planned, tx=commit")
    #expect(found.count == .exact)
    #expect(found.representation == .minimal)
    #expect(found.unknown.isEmpty)
  }

  @Test func `the echo has an order of its own`() throws {
    let found = try preferences(
      "max-affected=3, timezone=Europe/Berlin, handling=strict, count=exact, return=minimal, missing=default, "
        + "resolution=merge-duplicates")
    #expect(
      found.applied([.resolution, .missing, .representation, .maxAffected])
        == "resolution=merge-duplicates, missing=default, return=minimal, count=exact, handling=strict, "
        + "timezone=Europe/Berlin, max-affected=3")
    #expect(found.applied([]) == "count=exact, handling=strict, timezone=Europe/Berlin")
  }

  @Test func `only strict handling refuses what is unknown`() throws {
    #expect(throws: Never.self) { try preferences("foo=bar").refuseUnknown() }
    #expect(throws: RowsError.unknownPreferences(["foo=bar", "timezone=Nowhere"])) {
      try preferences("handling=strict, foo=bar, timezone=Nowhere").refuseUnknown()
    }
    #expect(try preferences("max-affected=3").applied(.maxAffected) == nil)
  }
}

@Suite struct RowsMediaTypeTests {
  @Test func `wishes are taken in the order of their quality`() {
    #expect(MediaType.accepted("text/html, */*;q=0.1, application/json;q=0.9") == [.other("text/html"), .json, .any])
    #expect(MediaType.accepted(nil) == [.any])
  }

  @Test func `parameters and other spellings are understood`() {
    #expect(MediaType("ApplicatIon/vnd.PgRsT.object+json") == .object(nullsStripped: false))
    #expect(MediaType("application/vnd.pgrst.object;nulls=stripped") == .object(nullsStripped: true))
    #expect(MediaType("application/vnd.pgrst.array+json; nulls=stripped") == .strippedArray)
    #expect(MediaType("application/json; charset=utf-8") == .json)
  }

  @Test func `the first that can be given is given`() throws {
    #expect(try MediaType.negotiated([.other("text/html"), .csv, .json]) == .csv)
    #expect(throws: RowsError.notAcceptable([.xml])) { try MediaType.negotiated([.xml]) }
  }
}

@Suite struct RowsPayloadTests {
  private func payload(_ text: String, isCall: Bool = false) throws -> Payload {
    try Payload(Array(text.utf8), type: .json, columns: nil, isCall: isCall)
  }

  @Test(arguments: [
    (#"{"a":1,"b":{"c":2}}"#, ["a", "b"]), (#" [{"a":1},{"a":2}]"#, ["a"]), ("[]", []), ("{}", []), (#""text""#, []),
    ("null", []), (#"{"\u0061\ud83d\ude00":1}"#, ["a😀"]),
  ])
  func `the keys of the objects are the columns`(_ text: String, _ keys: [String]) throws {
    #expect(try payload(text).keys == Set(keys))
  }

  @Test(arguments: [#"[{"a":1},{"b":2}]"#, #"[{"a":1},{}]"#, "[1]", #"[{"a":1},1]"#])
  func `objects with different keys are refused`(_ text: String) {
    #expect(throws: RowsError.invalidBody("All object keys must match")) { try payload(text) }
  }

  @Test(arguments: [
    "", "{", "{} x", #"{"a":NaN}"#, #"{"a":01}"#, #"{"a":1.}"#, #"{"a":"\ud800"}"#, "{\"a\":\"\n\"}", #"{"a" 1}"#,
    "[1,]",
    "{,}",
  ])
  func `what is no JSON is refused`(_ text: String) {
    #expect(throws: RowsError.invalidBody("Empty or invalid json")) { try payload(text) }
  }

  @Test func `a call without a body has no arguments`() throws {
    #expect(try payload("", isCall: true).keys == [])
  }
}
