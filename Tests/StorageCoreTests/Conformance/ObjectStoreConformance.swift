import StorageDigests
import StorageEngine
import StorageModel
import StoragePlaces
import TestSupport
import Testing

@testable import StorageFiles

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ObjectStoreConformance {
  private func upload(
    _ key: String, _ content: String, bucket: Bucket = .userFiles, overwrites: Bool = false
  ) -> ObjectUpload {
    ObjectUpload(
      bucket: bucket.name, key: key, mediaType: "text/plain", content: .bytes(Array(content.utf8)), metadata: [],
      overwrites: overwrites)
  }

  private func content(of key: String, in open: OpenProject, part: Range<Int64>? = nil) async throws -> String {
    let directory = try TestSupport.TemporaryDirectory()
    let file = try PartialFile(in: TargetDirectory(at: LocalPath(checked: Array(directory.path.utf8))))
    let incoming = try IncomingObject(into: file, part: part, limit: 1 << 20)
    try await open.objects.read(key, in: "user-files", into: incoming)
    let received = try incoming.finish()
    var bytes = [UInt8](repeating: 0, count: Int(received.byteCount))
    let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
    #expect(count == bytes.count)
    #expect(try received.sha256 == .of(bytes))
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `buckets are there with their limits, and one that is made again stays as it is`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.withOpen { open in
      for bucket in Bucket.allCases {
        let found = try await open.objects.bucket(bucket.name)
        #expect(found == StoredBucket(name: bucket.name, isPublic: false, byteLimit: bucket.fileSizeLimit))
        try await open.objects.create(StoredBucket(name: bucket.name, isPublic: true, byteLimit: 1))
        #expect(try await open.objects.bucket(bucket.name) == found)
      }
      #expect(try await open.objects.bucket("no-such") == nil)
      try await open.objects.create(StoredBucket(name: "more", isPublic: true, byteLimit: nil))
      #expect(try await open.objects.bucket("more")?.isPublic == true)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `an object is described by its size and its MD5, and read whole or in part`(_ kind: StoreUnderTest) async throws
  {
    try await kind.withOpen { open in
      #expect(try await open.objects.object("a/b", in: "user-files") == nil)
      for text in ["0123456789", ""] {
        let key = "a/\(text.count)"
        #expect(try await open.objects.put(upload(key, text)) == .sent)
        let object = try #require(try await open.objects.object(key, in: "user-files"))
        #expect(object.key == key && object.byteCount == Int64(text.utf8.count))
        #expect(try object.etag == MD5Digest.of(Array(text.utf8)).hex)
        #expect(object.version?.isEmpty == false)
        #expect(try await content(of: key, in: open) == text)
      }
      #expect(try await content(of: "a/10", in: open, part: 2..<5) == "234")
      #expect(try await content(of: "a/10", in: open, part: 9..<10) == "9")
      #expect(try await open.objects.object("a/10", in: "generated-files") == nil)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `what is there stays unless it is to be overwritten`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      #expect(try await open.objects.put(upload("k", "one")) == .sent)
      let first = try await open.objects.object("k", in: "user-files")
      #expect(try await open.objects.put(upload("k", "two")) == .alreadyThere)
      #expect(try await open.objects.object("k", in: "user-files") == first)
      #expect(try await content(of: "k", in: open) == "one")
      #expect(try await open.objects.put(upload("k", "three", overwrites: true)) == .sent)
      #expect(try await content(of: "k", in: open) == "three")
      let second = try await open.objects.object("k", in: "user-files")
      #expect(second?.byteCount == 5 && second?.version != first?.version)
      #expect(try await open.objects.put(upload("new", "x", overwrites: true)) == .sent)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `what is deleted is gone, and nothing else`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      for key in ["a", "a/b", "c"] { _ = try await open.objects.put(upload(key, key == "c" ? "" : "same")) }
      for key in ["a", "a/b", "c"] { #expect(try await !open.objects.isGone(key, in: "user-files")) }
      #expect(try await open.objects.isGone("no-such", in: "user-files"))
      for _ in 0..<2 { try await open.objects.delete(["a", "c", "no-such"], in: "user-files") }
      for key in ["a", "c"] {
        #expect(try await open.objects.isGone(key, in: "user-files"))
        #expect(try await open.objects.object(key, in: "user-files") == nil)
      }
      #expect(try await content(of: "a/b", in: open) == "same")
      #expect(try await open.objects.put(upload("a", "again")) == .sent)
      #expect(try await content(of: "a", in: open) == "again")
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `errors are the same`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      #expect(await code { _ = try await content(of: "no-such", in: open) } == .notFound)
      for key in ["", "p%/a", "é", "a\nb", "#"] {
        #expect(await code { _ = try await open.objects.put(upload(key, "x")) } == .rejected, "\(key)")
      }
      var elsewhere = upload("k", "x")
      elsewhere.bucket = "no-such"
      #expect(await code { _ = try await open.objects.put(elsewhere) } == .setup)
      try await open.objects.create(StoredBucket(name: "small", isPublic: false, byteLimit: 4))
      var large = upload("k", "12345")
      large.bucket = "small"
      #expect(await code { _ = try await open.objects.put(large) } == .tooLarge)
      large.content = .bytes(Array("1234".utf8))
      #expect(try await open.objects.put(large) == .sent)
      #expect(try await open.objects.put(upload("k", "x")) == .sent)
      #expect(await code { _ = try await content(of: "k", in: open, part: 7..<9) } == .rejected)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a list is in the order of bytes, by prefix, a thousand a page`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      let keys = ["p", "p_/a", "p/B", "p/a", "p/a-", "p/a/b", "p0", "q"]
      for key in keys { _ = try await open.objects.put(upload(key, key)) }
      for (prefix, expected) in [
        ("p/", ["p/B", "p/a", "p/a-", "p/a/b"]), ("p_", ["p_/a"]), ("p%", []),
        ("p/a", ["p/a", "p/a-", "p/a/b"]),
        ("x", []),
      ] {
        let page = try await open.objects.objects(in: "user-files", prefix: prefix, after: nil)
        #expect(page.objects.map(\.key) == expected && page.isLast, "\(prefix)")
      }
      let rest = try await open.objects.objects(in: "user-files", prefix: "p/", after: "p/a")
      #expect(rest.objects.map(\.key) == ["p/a-", "p/a/b"] && rest.objects[0].etag?.count == 32)
      #expect(try await open.objects.objects(in: "generated-files", prefix: "", after: nil).objects.isEmpty)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a lane settles each upload once, also those that fail`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      let lane = open.objects.uploads()
      #expect(await lane.settled().isEmpty)
      lane.limit(to: 8)
      _ = try await open.objects.put(upload("many/0", "0"))
      var uploads = (0..<1003).map { (tag: $0, upload: upload("many/\($0)", "\($0)")) }
      uploads[1].upload.bucket = "no-such"
      lane.submit(uploads)
      var results: [Int: Result<Placement, StorageError>] = [:]
      while results.count < uploads.count {
        let settled = await lane.settled()
        if settled.isEmpty { break }
        for (tag, result) in settled {
          #expect(results[tag] == nil)
          results[tag] = result
        }
      }
      #expect(results.count == 1003)
      #expect(try results[0]?.get() == .alreadyThere && results[2]?.get() == .sent)
      #expect(throws: StorageError.self) { try results[1]?.get() }
      #expect(lane.sentByteCount >= (2..<1003).reduce(0) { $0 + Int64("\($1)".count) })
      #expect(await lane.settled().isEmpty)
      let first = try await open.objects.objects(in: "user-files", prefix: "many/", after: nil)
      #expect(first.objects.count == 1000 && !first.isLast)
      let second = try await open.objects.objects(in: "user-files", prefix: "many/", after: first.objects.last?.key)
      #expect(second.objects.count == 2 && second.isLast)
      // What is cancelled before it begins was never sent.
      lane.submit([(tag: 0, upload: upload("cancelled", "x"))])
      lane.cancelAll()
      for (_, result) in await lane.settled() {
        if case .failure(let error) = result { #expect(error.code == .interrupted) }
      }
    }
  }
}
