import StorageEngine
import StorageModel
import Testing

@Suite struct DataURLTests {
  private func read(_ text: String) throws -> DataURL { try DataURL(text.utf8) }

  @Test(arguments: [
    ("data:,hello", "text/plain", "hello"), ("data:,", "text/plain", ""), ("DATA:,A%20b", "text/plain", "A b"),
    ("data:text/plain;charset=utf-8,x", "text/plain", "x"), ("data:;charset=US-ASCII,x", "text/plain", "x"),
    ("data:;base64,aGVsbG8=", "text/plain", "hello"), ("data:image/png;base64,aGVsbG8", "image/png", "hello"),
    ("data:IMAGE/PNG;BASE64,aGVsbG8=", "image/png", "hello"), ("data:a/b;x=1 ; base64 ,aGVs\n bG8=\t", "a/b", "hello"),
    ("data:image/svg+xml,<svg fill=\"#fff\"/>", "image/svg+xml", "<svg fill=\"#fff\"/>"),
    ("data:image/svg%2Bxml,x", "image/svg+xml", "x"), ("data:text/csv,a,b,c", "text/csv", "a,b,c"),
    ("data:text/html,1+1", "text/html", "1+1"), ("data:text/html;charset=base64,aGk=", "text/html", "aGk="),
    ("data:;base64,Zm9v%59mFy", "text/plain", "foobar"), ("data:;base64,%5A%6d8%3D", "text/plain", "fo"),
  ])
  func `type and content are read`(text: String, type: String, content: String) throws {
    let url = try read(text)
    #expect(url.mediaType.description == type)
    #expect(String(decoding: url.content, as: UTF8.self) == content)
  }

  @Test func `base64 of either alphabet gives the same bytes, however it is padded`() throws {
    for text in ["+/+/", "-_-_", "%2B%2F%2b%2f"] {
      #expect(try read("data:;base64,\(text)").content == [0xfb, 0xff, 0xbf])
    }
    for text in ["/w==", "_w==", "/w", "_w"] { #expect(try read("data:;base64,\(text)").content == [0xff]) }
    #expect(try read("data:,%00%ff%FE").content == [0, 0xff, 0xfe])
  }

  @Test(arguments: [
    "data:", "data:text/plain", "data:image,x", "data:image/,x", "data:/png,x", "data:im age/png,x", "data:a/b/c,x",
    "data:,%", "data:,%4", "data:,%zz", "data:%,x", "data:;base64,a", "data:;base64,aGVsb", "data:;base64,aGk==",
    "data:;base64,=", "data:;base64,a=Gk", "data:;base64,QQ==QQ==", "data:;base64,aGk!", "data:;base64,aGk=#f",
    "data:;base64,ä", "data:\r\n/b,x", "text/plain,x",
  ])
  func `what cannot be read exactly is an error`(text: String) throws {
    let error = try #require(throws: StorageError.self) { try read(text) }
    #expect(error.code == .configuration && error.message.hasPrefix("the data URL ") && error.hint != nil)
  }

  @Test func `no message repeats the content`() throws {
    for text in ["data:canary,x", "data:;base64,canary!", "data:,canary%"] {
      let error = try #require(throws: StorageError.self) { try read(text) }
      #expect(!"\(error)".contains("canary"))
    }
  }

  @Test(arguments: [("data:", true), ("dAtA:x", true), ("data", false), ("./data:x", false), ("database:x", false)])
  func `a data URL is told by its scheme`(text: String, expected: Bool) {
    #expect(DataURL.isDataURL(Array(text.utf8)) == expected)
  }

  @Test func `every content comes back whole from random base64, and random bytes do no harm`() throws {
    var random = SplitMix64(seed: 2397)
    let alphabet = Array("ABab01+/-_==;,%base64 \n#".utf8) + [0, 0xff]
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      let escaped = bytes.map { byte in "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
      #expect(try read("data:application/x,\(escaped)").content == bytes)
      let noise = (0..<Int.random(in: 0...40, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      _ = try? DataURL(Array("data:".utf8) + noise)
      _ = try? DataURL(Array("data:;base64,".utf8) + noise)
      _ = MediaType(validating: String(decoding: noise, as: UTF8.self))
    }
  }

  @Test(arguments: [
    ("image/png", "png"), ("image/jpeg", "jpg"), ("text/plain", "txt"), ("application/json", "json"),
    ("application/pdf", "pdf"), ("text/html", "html"), ("image/svg+xml", "svg"), ("audio/mpeg", "mp3"),
    ("text/x-python", "py"), ("text/plain; charset=utf-8", "txt"), ("application/octet-stream", nil),
    ("application/x-unheard-of", nil),
  ])
  func `a type gives the usual extension`(type: String, expected: String?) throws {
    #expect(try #require(MediaType(validating: type)).fileExtension == expected)
  }
}
