import CurlHTTP
import StorageFormats
import Testing

@testable import SupabaseClient

@Suite struct FilterTests {
  private func stated(_ filter: Filter) throws -> String {
    let parameter = try filter.parameter
    return "\(parameter.name)=\(parameter.value)"
  }

  /// Values that carry every character of the grammar, of URLs and of LIKE.
  static let difficult = [
    "user-files/b,(1).txt", "a:b.c", "b \"q\".txt", "back\\slash", "100%_*", "a+b;c&d#e=f", " lead and trail ", "Grüße",
    "🙂", "null", "{a,b}", "\"quoted\"", "in.(x)", "2025-01-01T00:00:00.123456+00:00",
  ]

  @Test(arguments: difficult)
  func `a value alone is never quoted`(_ value: String) throws {
    #expect(try stated(.eq("original_name", value)) == "original_name=eq.\(value)")
  }

  @Test(arguments: [
    ("plain", #""plain""#),
    ("b,(1).txt", #""b,(1).txt""#),
    ("b \"q\".txt", #""b \"q\".txt""#),
    ("back\\slash", #""back\\slash""#),
    ("\\\"", #""\\\"""#),
    ("", #""""#),
    ("{a}", #""{a}""#),
  ])
  func `a value in a list or a group is always quoted`(_ value: String, _ quoted: String) throws {
    #expect(try stated(.isOneOf("id", [value, "x"])) == #"id=in.(\#(quoted),"x")"#)
    #expect(try stated(.any([.eq("id", value), .isNull("id")])) == "or=(id.eq.\(quoted),id.is.null)")
  }

  @Test(arguments: difficult)
  func `in the URL only unreserved characters are left raw`(_ value: String) throws {
    let rows = RowsClient(try Fixture.project())
    let filters: [Filter] = [.eq("original_name", value), .any([.isOneOf("id", [value]), .neq("id", value)])]
    let request = try rows.select(["id"], from: "files", where: filters, as: JSONValue.self).request
    let query = request.url.drop { $0 != "?" }.dropFirst()
    for pair in query.split(separator: "&") {
      #expect(pair.split(separator: "=").count == 2)
      #expect(
        pair.utf8.allSatisfy { PercentEncoding.isUnreserved($0) || $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "=") })
    }
    #expect(request.parameter("original_name") == "eq.\(PercentEncoding.encode(value))")
  }

  @Test func `the grammar's own marks are encoded too`() throws {
    let rows = RowsClient(try Fixture.project())
    let request = try rows.select(["id"], from: "files", where: [.isOneOf("id", ["a,b"])], as: JSONValue.self).request
    #expect(request.parameter("id") == "in.%28%22a%2Cb%22%29")
  }

  @Test func `every comparison has its operator`() throws {
    #expect(try stated(.neq("a", "1")) == "a=neq.1")
    #expect(try stated(.gt("a", "1")) == "a=gt.1")
    #expect(try stated(.gte("a", "1")) == "a=gte.1")
    #expect(try stated(.lt("a", "1")) == "a=lt.1")
    #expect(try stated(.lte("a", "1")) == "a=lte.1")
    #expect(try stated(.isNull("a")) == "a=is.null")
    #expect(try stated(.contains("metadata", .object(["n": .integer(1)]))) == #"metadata=cs.{"n":1}"#)
  }

  @Test func `not stands before the operator or the group, and twice is not at all`() throws {
    #expect(try stated(.not(.isNull("a"))) == "a=not.is.null")
    #expect(try stated(.not(.any([.eq("a", "1")]))) == #"not.or=(a.eq."1")"#)
    #expect(try stated(.not(.all([.not(.eq("a", "1"))]))) == #"not.and=(a.not.eq."1")"#)
    #expect(try stated(.not(.not(.eq("a", "1")))) == "a=eq.1")
    #expect(
      try stated(.any([.not(.all([.eq("a", "1"), .eq("b", "2")])), .any([.isNull("c")])]))
        == #"or=(not.and(a.eq."1",b.eq."2"),or(c.is.null))"#)
  }

  @Test func `the list of one empty string is the empty string, not the empty list`() throws {
    #expect(try stated(.isOneOf("a", [""])) == "a=eq.")
    #expect(try stated(.any([.isOneOf("a", [""])])) == #"or=(a.eq."")"#)
    #expect(try stated(.isOneOf("a", [])) == "a=in.()")
  }

  @Test(arguments: [
    (TextPattern("a_b%c\\d", at: .start), #"n=like.a\_b\%c\\d%"#),
    (TextPattern(".TXT", at: .end, ignoringCase: true), "n=ilike.%.TXT"),
    (TextPattern("report", at: .anywhere), "n=like.%report%"),
    (TextPattern("a*b.c", at: .start), #"n=match.^a\*b\.c"#),
    (TextPattern("(*)", at: .end, ignoringCase: true), #"n=imatch.\(\*\)$"#),
    (TextPattern("*", at: .anywhere), #"n=match.\*"#),
  ])
  func `a piece of text has no wildcards`(_ pattern: TextPattern, _ expected: String) throws {
    #expect(try stated(.text("n", pattern)) == expected)
  }

  @Test func `a pattern in a group is escaped and quoted`() throws {
    #expect(try stated(.any([.text("n", TextPattern("a_\"", at: .start))])) == #"or=(n.like."a\\_\"%")"#)
  }

  @Test func `a key of a JSON column is read as text`() throws {
    #expect(try stated(.eq(.json("metadata", "sha256"), "aa")) == "metadata->>sha256=eq.aa")
    #expect(try stated(.eq(.jsonValue("metadata", "a", "b"), "1")) == "metadata->a->b=eq.1")
    #expect(try stated(.eq(.json("metadata", "a", "b-c.d"), "x")) == #"metadata->a->>"b-c.d"=eq.x"#)
  }

  @Test(arguments: [
    Filter.eq("id", "a\u{0}b"), .isOneOf("id", ["x", "\u{0}"]), .any([.eq("id", "\u{0}")]), .any([]), .not(.all([])),
    .eq("messages.id", "1"), .eq("", "1"), .eq("id=eq.1&x", "1"), .eq("limit", "1"), .eq("or", "1"), .eq("1st", "1"),
    .eq("naïve", "1"), .eq(.json("metadata", "a\"b"), "1"), .eq(.json("metadata", ""), "1"),
  ])
  func `what would be misread is not sent`(_ filter: Filter) throws {
    #expect(throws: InvalidQuery.self) { try filter.parameter }
    let error = #expect(throws: ServiceError.self) {
      try RowsClient(Fixture.project()).delete(from: "files", where: ChangeFilters(filter))
    }
    #expect(error?.kind == .invalid)
  }

  @Test func `the next page begins after the last row in every column of the order`() throws {
    let order: [RowOrder] = [.descending("created_at"), .ascending("id")]
    #expect(
      try stated(.after(["2025-01-03T00:00:00.123456+00:00", "f1"], in: order))
        == #"or=(created_at.lt."2025-01-03T00:00:00.123456+00:00",created_at.is.null,"#
        + #"and(created_at.eq."2025-01-03T00:00:00.123456+00:00",id.gt."f1"))"#)
    #expect(try stated(.after([nil, "f1"], in: order)) == #"and=(created_at.is.null,id.gt."f1")"#)
    #expect(try stated(.after(["f1"], in: [.ascending("id")])) == "id=gt.f1")
  }

  @Test func `long lists are cut to fit a URL and nothing is lost`() throws {
    let ids = (0..<1000).map { "00000000-0000-4000-8000-\(String(1_000_000_000_000 + $0).dropFirst())" }
    let parts = Filter.parts(of: ids)
    #expect(parts.flatMap(\.self) == ids)
    for part in parts {
      let request = try RowsClient(Fixture.project()).select(
        ["id", "storage_path"], from: "files", where: [.isOneOf("id", Array(part))], order: [.ascending("id")],
        as: JSONValue.self
      ).request
      #expect(request.url.utf8.count <= 6 * 1024)
    }
    #expect(parts.count == 8)
    #expect(Filter.parts(of: []).isEmpty)
    let long = String(repeating: "é", count: 2000)
    #expect(Filter.parts(of: ["a", long, "b"]).map(\.count) == [1, 1, 1])
  }

  @Test func `a query too long for the hosted service is not sent`() throws {
    let error = #expect(throws: ServiceError.self) {
      try RowsClient(Fixture.project()).count(
        "files", where: [.eq("original_name", String(repeating: "x", count: 9000))])
    }
    #expect(error?.kind == .limit)
  }
}
