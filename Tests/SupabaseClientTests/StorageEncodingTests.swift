import CurlHTTP
import StorageFormats
import Testing

@testable import SupabaseClient

@Suite struct StorageEncodingTests {
  @Test func `every byte but the unreserved ones is encoded`() {
    #expect(PercentEncoding.encode("AZaz09-._~") == "AZaz09-._~")
    #expect(
      PercentEncoding.encode(" \"%+,/:;?#&=@*()!'$") == "%20%22%25%2B%2C%2F%3A%3B%3F%23%26%3D%40%2A%28%29%21%27%24")
    #expect(PercentEncoding.encode("é文🙂") == "%C3%A9%E6%96%87%F0%9F%99%82")
    #expect(PercentEncoding.encode("a/b c", keepingSlashes: true) == "a/b%20c")
  }

  @Test func `the encoded length is known beforehand`() {
    for text in ["", "plain", "a b,c\"é🙂"] {
      #expect(PercentEncoding.encodedByteCount(text) == PercentEncoding.encode(text).utf8.count)
    }
  }

  @Test(arguments: [
    ("a.txt", "/object/user-files/a.txt"),
    ("reports/2026/q1.pdf", "/object/user-files/reports/2026/q1.pdf"),
    ("b c.txt", "/object/user-files/b%20c.txt"),
    ("what?.txt", "/object/user-files/what%3F.txt"),
    ("a+b,c;d:e@f&g=h$i", "/object/user-files/a%2Bb%2Cc%3Bd%3Ae%40f%26g%3Dh%24i"),
    ("(1)!*'.txt", "/object/user-files/%281%29%21%2A%27.txt"),
  ])
  func `a key is encoded by segment and its slashes stay`(_ key: String, _ target: String) throws {
    let call = try StorageClient(Fixture.project()).upload(
      .bytes([1]), to: ObjectKey(key), in: "user-files", ObjectAttributes(contentType: "text/plain"))
    #expect(call.request.target == target)
  }

  @Test func `every character the server allows is allowed, and no other`() {
    let allowed = Set(
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/!.*'() &$@=;:+,?-".unicodeScalars)
    for scalar in (UInt32(0)...0x3000).compactMap(Unicode.Scalar.init) {
      #expect(scalar.isAcceptedInKeys == allowed.contains(scalar), "\(scalar.value)")
    }
  }

  @Test func `a name of the server's that a URL would change is not sent`() throws {
    let storage = try StorageClient(Fixture.project())
    for path in ["a/../b", "a//b", "/a", "a/"] {
      let error = #expect(throws: ServiceError.self) { try storage.info(ObjectKey(path), in: "user-files") }
      #expect(error?.kind == .invalid)
      #expect(error?.status == nil)
    }
    #expect(
      try storage.delete([ObjectKey("a//b")], in: "user-files").request.bodyText == #"{"prefixes":["a//b"]}"#)
  }

  @Test(arguments: ["", "a/b", "..", " x", "x ", "é", "a%b", "a#b", String(repeating: "b", count: 101)])
  func `a bucket's name that no server has is not sent`(_ bucket: String) throws {
    let storage = try StorageClient(Fixture.project())
    #expect(throws: ServiceError.self) { try storage.bucket(bucket) }
  }

  @Test func `a path prefix of the project stands before the service`() throws {
    let storage = StorageClient(try Fixture.project(url: "https://example.org/supabase/"))
    #expect(storage.version().request.url == "https://example.org/supabase/storage/v1/version")
  }
}
