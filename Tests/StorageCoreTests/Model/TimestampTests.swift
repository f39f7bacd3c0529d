import StorageModel
import Testing

@testable import SupabasePlace

@Suite struct TimestampTests {
  @Test(
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("1970-01-01", 0), ("2026-12-31", 1_798_675_200_000_000),
      ("2026-12-31T10:00:00Z", 1_798_711_200_000_000), ("2026-12-31t10:00:00z", 1_798_711_200_000_000),
      ("2026-12-31T10:00:00+02:00", 1_798_704_000_000_000), ("2026-12-31T10:00:00+0200", 1_798_704_000_000_000),
      ("2026-12-31 10:00:00+02", 1_798_704_000_000_000), ("2026-12-31T10:00:00-05:30", 1_798_731_000_000_000),
      ("2025-10-15T22:33:34.781234+00:00", 1_760_567_614_781_234), ("2025-10-15T22:33:34.7Z", 1_760_567_614_700_000),
      ("2025-10-15T22:33:34,7812349Z", 1_760_567_614_781_234), ("2024-02-29T00:00:00Z", 1_709_164_800_000_000),
      ("2000-02-29", 951_782_400_000_000), ("2016-12-31T23:59:60Z", 1_483_228_800_000_000),
      ("1969-12-31T23:59:59.999999Z", -1), ("0001-01-01", -62_135_596_800_000_000),
      ("9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999),
    ] as [(String, Int64)])
  func `a time is read to the microsecond`(text: String, microseconds: Int64) {
    #expect(Timestamp(text)?.microseconds == microseconds)
  }

  @Test(arguments: [
    "", "2026", "2026-12", "2026-1-1", "2026-13-01", "2026-00-10", "2026-02-29", "2100-02-29", "2026-02-30",
    "2026-04-31", "2026-12-00", "0000-01-01", "12026-01-01", "2026-12-31T", "2026-12-31T10:00", "2026-12-31T10:00:00",
    "2026-12-31T24:00:00Z", "2026-12-31T10:60:00Z", "2026-12-31T10:00:61Z", "2026-12-31T10:00:00.Z",
    "2026-12-31T10:00:00Zx", "2026-12-31T10:00:00+", "2026-12-31T10:00:00+2", "2026-12-31T10:00:00+24:00",
    "2026-12-31T10:00:00+02:60", "2026-12-31T10:00:00+02:", "2026-12-31T10:00:00 +02:00", " 2026-12-31", "2026-12-31 ",
    "٢٠٢٦-12-31", "-2026-12-31", "+026-12-31", "2026/12/31", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00",
    "infinity", "30d",
  ])
  func `what is no time, or nobody's, is refused`(text: String) {
    #expect(Timestamp(text) == nil)
  }

  @Test(arguments: [
    ("2026-12-31", "2026-12-31T00:00:00Z"), ("2026-12-31T10:00:00.250+02:00", "2026-12-31T08:00:00.25Z"),
    ("1969-12-31T23:59:59.000001Z", "1969-12-31T23:59:59.000001Z"), ("0001-01-01", "0001-01-01T00:00:00Z"),
    ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"), ("2000-02-29", "2000-02-29T00:00:00Z"),
  ])
  func `a time is written in UTC`(text: String, written: String) throws {
    #expect(try #require(Timestamp(text)).description == written)
  }

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06T08:49:37Z"),
    ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z"),
    ("Tue, 29 Feb 2028 00:00:00 GMT", "2028-02-29T00:00:00Z"), ("Sun, 31 Feb 1994 08:49:37 GMT", nil),
    ("Sun, 06 Nov 1994 08:49:37", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("", nil),
    ("Sun, 06 Nov 99999999999999999999 08:49:37 GMT", nil),
  ])
  func `the time of an answer over HTTP is read`(text: String, written: String?) {
    #expect(Timestamp(httpDate: text)?.description == written)
  }

  @Test func `every day of eight hundred years follows the one before`() throws {
    var moment = try #require(Timestamp("1900-01-01"))
    var text = moment.description
    while text < "2700" {
      guard let next = moment.adding(.seconds(86_400)), next.description > text, Timestamp(next.description) == next
      else {
        Issue.record("after \(text)")
        return
      }
      (moment, text) = (next, next.description)
    }
    #expect(moment.description == "2700-01-01T00:00:00Z")
    #expect(try #require(Timestamp("2700-01-01")) == moment)
  }

  @Test func `random moments come back from their text, and random bytes do no harm`() {
    var random = SplitMix64(seed: 3339)
    let alphabet = Array("0123456789-:T.+Z ".utf8) + [0xff]
    for _ in 0..<20_000 {
      let moment = Timestamp(
        microseconds: Int64.random(in: -62_135_596_800_000_000...253_402_300_799_999_999, using: &random))
      #expect(moment.flatMap { Timestamp($0.description) } == moment)
      let noise = (0..<Int.random(in: 0...30, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      _ = Timestamp(String(decoding: noise, as: UTF8.self))
      _ = Timestamp(httpDate: String(decoding: noise, as: UTF8.self))
    }
  }

  @Test func `adding goes both ways and stops at the years that can be written`() throws {
    let moment = try #require(Timestamp("2026-03-01"))
    #expect(moment.adding(.milliseconds(1500))?.description == "2026-03-01T00:00:01.5Z")
    #expect(moment.adding(.seconds(-86_400))?.description == "2026-02-28T00:00:00Z")
    for duration in [Duration.seconds(Int64.max), .seconds(Int64.min), .seconds(300_000_000_000)] {
      #expect(moment.adding(duration) == nil)
    }
    #expect(Timestamp(microseconds: .max) == nil && Timestamp(microseconds: .min) == nil)
  }

  @Test func `an expiry is counted from when the file is stored`() throws {
    let now = try #require(Timestamp("2026-03-01T12:00:00Z"))
    #expect(Expiry.after(.seconds(86_400)).moment(storedAt: now)?.description == "2026-03-02T12:00:00Z")
    #expect(Expiry.at(now).moment(storedAt: try #require(Timestamp("2030-01-01"))) == now)
    #expect(Expiry.after(.seconds(Int64.max)).moment(storedAt: now) == nil)
  }
}
