import Testing

@testable import StandIn

@Suite struct StorageReadingUnitTests {
  @Test func `one range is taken and cut to the object`() {
    #expect(StorageService.range("bytes=0-1", of: 5) == 0..<2)
    #expect(StorageService.range("bytes=2-", of: 5) == 2..<5)
    #expect(StorageService.range("bytes=-2", of: 5) == 3..<5)
    #expect(StorageService.range("bytes=-99", of: 5) == 0..<5)
    #expect(StorageService.range("bytes=1-99999999999999999999", of: 5) == 1..<5)
    #expect(StorageService.range("bytes=1-9223372036854775807", of: 5) == 1..<5)
  }

  @Test(arguments: [
    "bytes=5-", "bytes=-0", "bytes=3-1", "bytes=0-0,2-2", "bananas", "bytes=", "bytes=-", "items=0-1", "Bytes=0-1",
    "bytes= 0-1", "bytes=99999999999999999999-",
  ])
  func `every other range cannot be satisfied`(_ header: String) {
    #expect(StorageService.range(header, of: 5) == nil)
  }

  @Test func `an empty object has no range`() {
    #expect(StorageService.range("bytes=0-", of: 0) == nil)
    #expect(StorageService.range("bytes=-1", of: 0) == nil)
  }

  @Test func `HTTP dates are read, anything else is not`() {
    #expect(Timestamp(httpDate: "Sat, 01 Jan 2000 00:00:00 GMT")?.seconds == 946_684_800)
    #expect(Timestamp(httpDate: "garbage") == nil)
    #expect(Timestamp(httpDate: "Sat, 01 Foo 2000 00:00:00 GMT") == nil)
    #expect(Timestamp(seconds: 946_684_800, nanoseconds: 7_900_000).iso8601 == "2000-01-01T00:00:00.007Z")
  }

  @Test func `a target is split before it is decoded`() {
    let target = StorageTarget(Array("/object/rec%2Fx/a%20b/c%2Fd?download=a+b&x=1&x=2#no".utf8))
    #expect(target.segment(1) == "rec/x")
    #expect(target.rest(from: 2) == "a b/c/d")
    #expect(target.parameters["download"] == "a b")
    #expect(target.isDecodable)
    #expect(!StorageTarget(Array("/object/rec/100%".utf8)).isDecodable)
    #expect(!StorageTarget(Array("/object/rec/%FF".utf8)).isDecodable)
    #expect(!StorageTarget.isParsable(Array("/a b".utf8)))
    #expect(!StorageTarget.isParsable([0x2F, 0xC3, 0xA9]))
  }

  @Test func `a raw hash ends the path`() {
    #expect(StorageTarget(Array("/object/rec/fr#ag".utf8)).rest(from: 2) == "fr")
  }

  @Test func `a word of a route is a bucket where too little follows`() throws {
    let short = try #require(StorageRoute(method: "GET", StorageTarget(Array("/object/info/authenticated/rec".utf8))))
    guard case .info(.optional, "authenticated", "rec") = short else {
      Issue.record("\(short)")
      return
    }
    #expect(StorageRoute(method: "GET", StorageTarget(Array("/object/only".utf8))) == nil)
    #expect(StorageRoute(method: "POST", StorageTarget(Array("/bucket/rec".utf8))) == nil)
  }

  @Test func `a cursor is base64 of lines`() throws {
    #expect(try ListCursor("bDph").last == "a")
    #expect(try ListCursor("bDphL3gKbzphc2M=").order == "asc")
    #expect(ListCursor(last: "a", order: "desc", column: "name", time: nil).text == "bDphCm86ZGVzYwpjOm5hbWU=")
    for garbage in ["!!!!", "YS50eHQ=", "bzphc2M="] {
      #expect(throws: StorageError.self) { try ListCursor(garbage) }
    }
  }
}
