import FoundationEssentials
import Testing

@testable import SupastoreShell

@Suite struct JSONDocumentTests {
  @Test func `members keep their order`() {
    let document: JSONDocument = ["z": 1, "a": [true, .null, .number(2.5)], "m": ["s": "t"], "n": [:], "o": []]
    #expect(document.line == #"{"z":1,"a":[true,null,2.5],"m":{"s":"t"},"n":{},"o":[]}"#)
  }

  @Test func `any text comes back as it was`() throws {
    let texts = ["", "\"\\/", "\n\r\t\0\u{1F}", "\u{7F}\u{9B}", "ü漢🙂", "\u{2028}\u{202E}\u{2069}", "e\u{301} \u{E9}"]
    let line = JSONDocument.array(texts.map { .string($0) }).line
    let decoded = try JSONDecoder().decode([String].self, from: Data(line.utf8))
    #expect(decoded.map { Array($0.unicodeScalars) } == texts.map { Array($0.unicodeScalars) })
  }

  @Test func `nothing that steers a terminal stands in the line`() {
    #expect(JSONDocument.string("\u{1B}[2J\u{9B}\u{202E}\n").line == #""\u001b[2J\u009b\u202e\n""#)
  }

  @Test func `numbers that JSON does not know are null`() {
    #expect(
      JSONDocument.array([.number(.nan), .number(.infinity), .number(0.1), .number(-3)]).line == "[null,null,0.1,-3.0]")
    #expect(JSONDocument.integer(.min).line == "-9223372036854775808")
  }

  @Test func `values that may be missing become null`() {
    #expect(
      JSONDocument.array([JSONDocument(nil as String?), JSONDocument("a"), JSONDocument(nil as Int?)]).line
        == #"[null,"a",null]"#)
    #expect(JSONDocument(UInt64.max).line == "9223372036854775807")
  }
}
