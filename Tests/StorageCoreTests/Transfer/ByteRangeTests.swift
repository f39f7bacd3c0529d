import StorageEngine
import Testing

@Suite struct ByteRangeTests {
  @Test(
    arguments: [
      ("0-9", 0..<10), ("3-3", 3..<4), ("5-", 5..<10), ("5-100", 5..<10), ("-3", 7..<10), ("-100", 0..<10),
      ("0-9223372036854775807", 0..<10), ("10-", nil), ("10-12", nil),
    ] as [(String, Range<Int64>?)])
  func `a range is what it is of ten bytes`(_ text: String, _ expected: Range<Int64>?) throws {
    #expect(try #require(ByteRange(text)).resolved(in: 10) == expected)
  }

  @Test(arguments: ["", "-", "5", "5-3", "-0", "a-b", "1-2-3", "+1-2", " 1-2", "1-2 ", "99999999999999999999-", "--5"])
  func `anything else is none`(_ text: String) {
    #expect(ByteRange(text) == nil)
  }

  @Test func `the end of nothing is nothing, its first byte is not there`() {
    #expect(ByteRange.last(5).resolved(in: 0) == 0..<0)
    #expect(ByteRange.from(0, through: nil).resolved(in: 0) == nil)
  }

  @Test(
    arguments: [
      (.last(3), -5), (.last(.min), 5), (.from(-1, through: 3), 5), (.from(3, through: 2), 5),
      (.from(.min, through: nil), 5), (.from(0, through: .max), -5),
    ] as [(ByteRange, Int64)])
  func `what no file has is nothing`(_ range: ByteRange, _ byteCount: Int64) {
    #expect(range.resolved(in: byteCount) == nil)
  }
}
