import Testing

@testable import StandIn

@Suite struct StorageUploadUnitTests {
  /// A body that comes in pieces.
  private final class PiecewiseBody: HTTPRequestBody {
    var pieces: [[UInt8]]
    var contentLength: Int64? { nil }
    var isChunked: Bool { true }

    init(_ text: String, pieceByteCount: Int) {
      let bytes = Array(text.utf8)
      pieces = stride(from: 0, to: bytes.count, by: pieceByteCount).map {
        Array(bytes[$0..<min($0 + pieceByteCount, bytes.count)])
      }
    }

    func read(upTo limit: Int) throws(HTTPConnectionError) -> [UInt8] {
      pieces.isEmpty ? [] : pieces.removeFirst()
    }
  }

  private static let form = [
    "--b", #"Content-Disposition: form-data; name="cacheControl""#, "", "3600", "--b",
    #"Content-Disposition: form-data; name=""; filename="f;\"1.txt""#, "Content-Type: text/plain; charset=x", "",
    "hello\r\n--world", "--b--", "",
  ].joined(separator: "\r\n")

  @Test(arguments: [1, 3, 7, 64, 10_000])
  func `a form is taken apart wherever its pieces end`(_ pieceByteCount: Int) throws {
    let body = PiecewiseBody(Self.form, pieceByteCount: pieceByteCount)
    let form = try #require(MultipartForm(contentType: "multipart/form-data; boundary=b", body: body))
    let field = try #require(try form.next())
    #expect(field.name == "cacheControl" && !field.isFile)
    var value: [UInt8] = []
    try form.read { value += $0 }
    #expect(value == Array("3600".utf8))
    let file = try #require(try form.next())
    #expect(file.isFile && file.contentType == "text/plain")
    var content: [UInt8] = []
    try form.read { content += $0 }
    #expect(try form.next() == nil)
    #expect(content == Array("hello\r\n--world".utf8))
  }

  @Test func `a form that ends inside a part is cut off`() throws {
    let body = PiecewiseBody("--b\r\nContent-Disposition: form-data; name=x\r\n\r\nabc", pieceByteCount: 100)
    let form = try #require(MultipartForm(contentType: #"multipart/form-data; boundary="b""#, body: body))
    _ = try form.next()
    #expect(throws: MultipartForm.Truncated.self) { try form.read { _ in } }
  }

  @Test func `a type without boundary is no form`() {
    #expect(MultipartForm(contentType: "multipart/form-data", body: PiecewiseBody("", pieceByteCount: 1)) == nil)
  }

  private func etag(_ kind: ETags, _ character: Unicode.Scalar, byteCount: Int) -> String {
    var etag = ETag(kind)
    let bytes = [UInt8](repeating: UInt8(ascii: character), count: 1_000_000)
    var rest = byteCount
    while rest > 0 {
      etag.update(Array(bytes.prefix(rest)))
      rest -= min(rest, bytes.count)
    }
    return etag.finish()
  }

  @Test func `the ETag is the MD5`() {
    #expect(etag(.md5, "a", byteCount: 0) == "\"d41d8cd98f00b204e9800998ecf8427e\"")
    #expect(etag(.md5, "a", byteCount: 20 << 20) == "\"536cb0e6626114783f53870132bac5cb\"")
  }

  @Test func `as on S3 it is that of 16 MiB parts when there are several`() {
    #expect(etag(.multipart, "6", byteCount: 16 << 20) == etag(.md5, "6", byteCount: 16 << 20))
    #expect(etag(.multipart, "p", byteCount: (16 << 20) + 1) == "\"f455a4b1d4778ca7d75b96e8e1107a9a-2\"")
    #expect(etag(.multipart, "t", byteCount: 20 << 20) == "\"afc6cc300baab6d536628ba6f6c414e4-2\"")
  }
}
