import StorageDigests
import Testing

@Suite struct ContentDigesterTests {
  private func digests(_ content: [UInt8], _ cut: MD5Cut, pieces: Int) throws -> ContentDigests {
    var digester = try ContentDigester(md5: cut)
    try feed(content, to: &digester, pieces: pieces)
    return try digester.finish()
  }

  private func feed(_ content: [UInt8], to digester: inout ContentDigester, pieces: Int) throws {
    for start in stride(from: 0, to: content.count, by: pieces) {
      try content[start..<min(start + pieces, content.count)].withUnsafeBytes { try digester.update($0) }
    }
  }

  private func multipart(_ content: [UInt8], partSize: Int) throws -> MultipartMD5 {
    let parts = try stride(from: 0, to: content.count, by: partSize).map {
      try MD5Digest.of(Array(content[$0..<min($0 + partSize, content.count)])).bytes
    }
    return MultipartMD5(digest: try .of(parts.flatMap { $0 }), partCount: parts.count)
  }

  @Test(arguments: [11, 12, 19, 20, 21, 30, 31], [1, 3, 10, 64])
  func `one pass gives the digests of the whole and of the parts, however it is cut`(count: Int, pieces: Int) throws {
    let content = (0..<count).map { UInt8($0) }
    let both = try digests(content, .wholeAndParts(ofBytes: 10), pieces: pieces)
    #expect(both.sha256 == (try .of(content)))
    #expect(both.md5 == (try .of(content)))
    #expect(both.multipart == (try multipart(content, partSize: 10)))
    #expect(both.byteCount == Int64(count))
    let parts = try digests(content, .parts(ofBytes: 10), pieces: pieces)
    #expect(parts.md5 == nil)
    #expect(parts.multipart == both.multipart)
  }

  @Test(arguments: [0, 1, 9, 10])
  func `a content no longer than one part has an MD5 and no parts`(count: Int) throws {
    let content = [UInt8](repeating: 7, count: count)
    for cut in [MD5Cut.whole, .parts(ofBytes: 10), .wholeAndParts(ofBytes: 10)] {
      let result = try digests(content, cut, pieces: 4)
      #expect(result.md5 == (try .of(content)))
      #expect(result.multipart == nil)
    }
  }

  @Test func `a digester serves one content after another, also after one was given up`() throws {
    var digester = try ContentDigester(md5: .wholeAndParts(ofBytes: 4))
    let content = Array("supabase".utf8) + [0]
    try feed(content, to: &digester, pieces: 2)
    let first = try digester.finish()
    try feed(Array("half of some".utf8), to: &digester, pieces: 5)
    try digester.restart()
    try feed(content, to: &digester, pieces: 9)
    #expect(try digester.finish() == first)
    #expect(first.multipart?.partCount == 3)
  }

  @Test func `the multipart form is read back`() throws {
    let etag = MultipartMD5(digest: try .of([1]), partCount: 12)
    #expect(MultipartMD5(etag.description) == etag)
    #expect(MultipartMD5("\(etag.digest.hex)-0") == nil)
    #expect(MultipartMD5(etag.digest.hex) == nil)
  }
}
