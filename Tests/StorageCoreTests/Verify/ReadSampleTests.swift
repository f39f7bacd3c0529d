import StorageDigests
import Testing

@testable import StorageEngine
@testable import StorageModel

@Suite struct ReadSampleTests {
  @Test(arguments: [1, 2, 7, 30, 365]) func `every file has its turn once in that many days`(_ days: Int) throws {
    let sample = try #require(ReadSample("1/\(days)"))
    let ids = try (0..<500).map { FileID(try SHA256Digest.of(Array("\($0)".utf8))) }
    for first in [0, 20_786, -3] {
      for id in ids { #expect((first..<first + days).count { sample.includes(id, on: $0) } == 1) }
    }
    #expect(sample.description == "1/\(days)")
  }

  @Test func `the days share the files about evenly`() throws {
    let sample = try #require(ReadSample("1/30"))
    let ids = try (0..<6000).map { FileID(try SHA256Digest.of(Array("\($0)".utf8))) }
    for day in 0..<30 { #expect((120...290).contains(ids.count { sample.includes($0, on: day) })) }
  }

  @Test(arguments: ["", "1", "1/", "/30", "2/30", "1/0", "1/-1", "1/1001", "1/030", "1/3x", "0/3", "1/3/3"])
  func `anything else is refused`(_ text: String) {
    #expect(ReadSample(text) == nil)
  }

  @Test func `a day is one of UTC`() throws {
    #expect(Timestamp("1970-01-01T23:59:59Z")?.day == 0)
    #expect(Timestamp("1969-12-31T23:59:59Z")?.day == -1)
    #expect(Timestamp("2026-11-29T00:00:00Z")?.day == 20_786)
  }
}
