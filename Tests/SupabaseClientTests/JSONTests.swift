import FoundationEssentials
import StorageFormats
import Testing

@Suite struct JSONTests {
  private func written(_ write: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter()
    write(&writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  @Test func `commas stand between members and elements only`() {
    let text = written { writer in
      writer.beginObject()
      writer.key("a")
      writer.value(1)
      writer.key("b")
      writer.beginArray()
      writer.null()
      writer.value(true)
      writer.beginObject()
      writer.endObject()
      writer.value("x")
      writer.endArray()
      writer.key("c")
      writer.beginArray()
      writer.endArray()
      writer.endObject()
    }
    #expect(text == #"{"a":1,"b":[null,true,{},"x"],"c":[]}"#)
  }

  @Test(arguments: [
    "", "plain", "quote \" backslash \\ slash /", "tab\t newline\n return\r", "\u{1}\u{1f}\u{7f}", "é e\u{301} 文 🙂",
    "\u{2028}\u{feff}",
  ])
  func `every text comes back as it was written`(_ text: String) throws {
    let json = written { $0.value(text) }
    let read = try JSONDecoder().decode([String].self, from: Data("[\(json)]".utf8))
    #expect(read.map { Array($0.utf8) } == [Array(text.utf8)])
  }

  @Test func `numbers keep every digit`() throws {
    let json = #"{"big":9007199254740993,"min":-9223372036854775808,"huge":123456789012345678901234567890,"f":0.1}"#
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
    #expect(value["big"] == .integer(9_007_199_254_740_993))
    #expect(value["min"] == .integer(.min))
    #expect(written { value["huge"]?.write(to: &$0) } == "123456789012345678901234567890")
    #expect(written { value["f"]?.write(to: &$0) } == "0.1")
  }

  @Test(arguments: [("1e300", 1e300), ("-1.5e-200", -1.5e-200), ("2.5e-308", 2.5e-308)])
  func `a number of any size a double has is read and written`(_ json: String, _ number: Double) throws {
    let value = try JSONDecoder().decode([JSONValue].self, from: Data("[\(json)]".utf8))
    #expect(value == [.extreme(number)])
    #expect(Double(written { value[0].write(to: &$0) }) == number)
  }

  @Test func `any value is written and read again the same`() throws {
    let json = #"{"a":[1,"x",null,true,{"b":{}}],"c":"\"\\"}"#
    let value = try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8))
    #expect(written { value.write(to: &$0) } == json)
    #expect(try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(value)) == value)
  }
}
