import CommandTable
import StorageModel
import Testing

@testable import SupastoreShell

@Suite struct ArgumentValueTests {
  @Test(arguments: [
    ("k=v", "k", "v"), ("k=", "k", ""), ("k=a=b", "k", "a=b"), ("a b=ü", "a b", "ü"), ("k=\u{301}", "k", "\u{301}"),
  ])
  func `metadata is a key, the first sign, and a value`(text: String, key: String, value: String) throws {
    let pair = try #require(MetadataPair(argument: RawArgument(text)))
    #expect(pair.key == key && pair.value == value && pair.argumentText == text)
  }

  @Test(arguments: ["", "k", "=v", "="])
  func `metadata without a key or a sign is refused`(text: String) {
    #expect(MetadataPair(argument: RawArgument(text)) == nil)
  }

  @Test func `metadata that is not UTF-8 is refused`() {
    #expect(MetadataPair(argument: RawArgument(bytes: [0x6b, 0x3d, 0xff])) == nil)
  }

  @Test(arguments: [
    ("30d", "30d"), ("12h", "12h"), ("2026-12-31", "2026-12-31T00:00:00Z"),
    ("2026-12-31T10:00:00+02:00", "2026-12-31T08:00:00Z"),
  ])
  func `an expiry and a past moment are a duration or a date`(text: String, read: String) {
    #expect(Expiry(argument: RawArgument(text))?.argumentText == read)
    #expect(PastMoment(argument: RawArgument(text))?.argumentText == read)
  }

  @Test(arguments: ["", "30", "-1d", "tomorrow", "2026-12-31T10:00:00", "31.12.2026", "2026-02-30"])
  func `another text is neither`(text: String) {
    #expect(Expiry(argument: RawArgument(text)) == nil)
    #expect(PastMoment(argument: RawArgument(text)) == nil)
  }

  @Test func `nothing expires the moment it is stored, but the present is a past moment`() {
    #expect(Expiry(argument: RawArgument("0s")) == nil)
    #expect(PastMoment(argument: RawArgument("0s")) == .ago(.zero))
  }

  @Test func `a past moment is counted back from now`() throws {
    let now = try #require(Timestamp("2026-03-01T12:00:00Z"))
    let day = try #require(PastMoment(argument: RawArgument("1d")))
    #expect(day.moment(before: now)?.description == "2026-02-28T12:00:00Z")
    let longest = try #require(PastMoment(argument: RawArgument("9223372036854775807ms")))
    #expect(longest.moment(before: now) == nil)
  }
}
