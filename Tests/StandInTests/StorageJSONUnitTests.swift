import Testing

@testable import StandIn

@Suite struct StorageJSONUnitTests {
  private func parse(_ text: String) -> JSON? {
    JSON(parsing: text.utf8, loneSurrogates: .replaced)
  }

  private func text(_ value: JSON) -> String {
    String(decoding: value.bytes, as: UTF8.self)
  }

  @Test(arguments: [
    #"{"b":1,"a":[true,false,null,"x"]}"#, #""é\n\"\\""#, "-1.5", "0", "[]", "{}", #"{"nested":{"deep":[[1]]}}"#,
  ])
  func `what was printed is read and printed again`(_ json: String) throws {
    #expect(text(try #require(parse(json))) == json)
  }

  @Test(arguments: ["", "{", "[1,]", "01", "1.", "nul", "\"\u{1}\"", #""\x""#, "{a:1}", "1 2", #"{"a" 1}"#])
  func `what is no JSON is refused`(_ json: String) {
    #expect(parse(json) == nil)
  }

  @Test func `escapes become characters, surrogate pairs one`() {
    #expect(parse(#""\u00e9\ud83d\ude00\t""#) == .string("é😀\t"))
  }

  @Test func `of two members of one name the last wins`() {
    #expect(parse(#"{"a":1,"a":2}"#) == ["a": .number(2)])
  }

  @Test func `text of PostgreSQL loses its blanks outside strings only`() {
    #expect(text(.text(#"{"a": "b, \" c: d", "e": [1, 2]}"#)) == #"{"a":"b, \" c: d","e":[1,2]}"#)
  }

  @Test func `whole numbers are printed without a fraction`() {
    #expect(text(.array([.number(20), .number(1e15), .number(0.5)])) == "[20,1000000000000000,0.5]")
  }

  @Test func `base64 is read with either alphabet and without padding`() {
    #expect(Base64.decodeLeniently("Pz8_Pj4") == Array("???>>".utf8))
    #expect(Base64.decode("%%%") == nil)
    #expect(Base64.encode(Array("l:a".utf8)) == "bDph")
    #expect(Base64.encode(Array("l:B.txt".utf8)) == "bDpCLnR4dA==")
  }
}
