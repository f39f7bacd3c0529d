import CurlHTTP
import StorageFormats
import SupabaseClient
import TestSupport
import Testing

/// Every call to Storage over real sockets.
@Suite(.standIn(per: .test)) struct LiveStorageTests {
  private let bucket = "user-files"
  private let plain = ObjectAttributes(contentType: "text/plain")

  private func withStorage(
    key: (StandInInstance) -> String = \.serviceKey,
    _ body: (StorageClient, HTTPClient) async throws -> Void
  ) async throws {
    let standIn = try StandInInstance.current
    let project = SupabaseProject(try ProjectAddress(standIn.url), key: try APIKey(key(standIn)))
    try await HTTPClient.withRunning(HTTPConfiguration()) { http in
      try await body(StorageClient(project), http)
    }
  }

  private func withBucket(_ body: (StorageClient, HTTPClient) async throws -> Void) async throws {
    try await withStorage { storage, http in
      try await storage.createBucket(bucket, BucketSettings(fileSizeLimit: 1000)).perform(on: http)
      try await body(storage, http)
    }
  }

  @Test func `buckets are created once, read, changed and listed`() async throws {
    try await withStorage { storage, http in
      #expect(try await storage.bucket(bucket).perform(on: http) == nil)
      let settings = BucketSettings(fileSizeLimit: 52_428_800, allowedMIMETypes: ["text/*"])
      try await storage.createBucket(bucket, settings).perform(on: http)
      #expect(try await storage.bucket(bucket).perform(on: http)?.settings == settings)
      let again = await #expect(throws: ServiceError.self) {
        try await storage.createBucket(bucket, settings).perform(on: http)
      }
      #expect(again?.kind == .conflict)
      let open = BucketSettings(isPublic: true)
      try await storage.updateBucket(bucket, open).perform(on: http)
      let buckets = try await storage.buckets().perform(on: http)
      #expect(buckets.map(\.id) == [bucket])
      #expect(buckets.map(\.settings) == [open])
    }
  }

  @Test(arguments: ["a.txt", "dir/b c.txt", "what?/+,;:@&=$.txt", "(1)!*'.txt"])
  func `what is uploaded under a key is found under it`(_ path: String) async throws {
    try await withBucket { storage, http in
      let key = ObjectKey(path)
      let attributes = ObjectAttributes(
        contentType: "text/plain", metadata: .object(["sha256": .string("é"), "n": .integer(9_007_199_254_740_991)]))
      let stored = try await storage.upload(.bytes(Array("hello".utf8)), to: key, in: bucket, attributes).perform(
        on: http)
      let info = try #require(try await storage.info(key, in: bucket).perform(on: http))
      #expect(info.id == stored.id)
      #expect(info.name == path)
      #expect(info.byteCount == 5)
      #expect(info.eTag == "5d41402abc4b2a76b9719d911017c592")
      #expect(info.contentType == "text/plain")
      #expect(info.metadata == attributes.metadata)
      let page = try await storage.objects(in: bucket).perform(on: http)
      #expect(page.objects.map(\.name) == [path])
      #expect(page.objects.first?.eTag == info.eTag)
      #expect(page.objects.first?.byteCount == 5)
      let whole = try await storage.download(key, in: bucket, to: .memory(limit: 100)).perform(on: http)
      #expect(whole.body == Array("hello".utf8))
      #expect(whole.head.eTag == info.eTag)
      let part = try await storage.download(key, in: bucket, range: 1..<3, to: .memory(limit: 100)).perform(on: http)
      #expect(part.body == Array("el".utf8))
      #expect(part.head.part?.range == 1..<3)
      #expect(part.head.part?.total == 5)
      #expect(try await storage.delete([key, ObjectKey("absent")], in: bucket).perform(on: http) == [path])
      #expect(try await storage.info(key, in: bucket).perform(on: http) == nil)
    }
  }

  @Test func `an empty file is stored as one`() async throws {
    try await withBucket { storage, http in
      let key = ObjectKey("empty")
      _ = try await storage.upload(.none, to: key, in: bucket, plain).perform(on: http)
      #expect(try await storage.info(key, in: bucket).perform(on: http)?.byteCount == 0)
      #expect(try await storage.download(key, in: bucket, to: .memory(limit: 1)).perform(on: http).body == [])
    }
  }

  @Test func `a second upload is a conflict, unless it overwrites`() async throws {
    try await withBucket { storage, http in
      let key = ObjectKey("a")
      let first = try await storage.upload(.bytes([1]), to: key, in: bucket, plain).perform(on: http)
      let error = await #expect(throws: ServiceError.self) {
        try await storage.upload(.bytes([2]), to: key, in: bucket, plain).perform(on: http)
      }
      #expect(error?.kind == .conflict)
      #expect(error?.status == 409)
      #expect(error?.httpStatus == 400)
      let second = try await storage.upload(.bytes([2]), to: key, in: bucket, plain, overwriting: true)
        .perform(on: http)
      #expect(second == first)
      #expect(try await storage.download(key, in: bucket, to: .memory(limit: 9)).perform(on: http).body == [2])
    }
  }

  @Test func `a refused upload names its reason`() async throws {
    try await withBucket { storage, http in
      let key = ObjectKey("a")
      let large = await #expect(throws: ServiceError.self) {
        try await storage.upload(.bytes([UInt8](repeating: 0, count: 1001)), to: key, in: bucket, plain).perform(
          on: http)
      }
      #expect(large?.kind == .limit)
      let nowhere = await #expect(throws: ServiceError.self) {
        try await storage.upload(.bytes([1]), to: key, in: "nowhere", plain).perform(on: http)
      }
      #expect(nowhere?.kind == .setUp)
      let missing = await #expect(throws: ServiceError.self) {
        try await storage.download(key, in: bucket, to: .memory(limit: 9)).perform(on: http)
      }
      #expect(missing?.kind == .missing)
    }
  }

  @Test func `pages follow each other and begin after any name`() async throws {
    try await withBucket { storage, http in
      let names = ["p/a", "p/a-b", "p/a.txt", "p/b", "q"]
      for name in names {
        _ = try await storage.upload(.bytes([1]), to: ObjectKey(name), in: bucket, plain).perform(on: http)
      }
      var found: [String] = []
      var cursor: ListCursor?
      repeat {
        let page = try await storage.objects(in: bucket, prefix: "p/", from: cursor, limit: 1).perform(on: http)
        found += page.objects.map(\.name)
        cursor = page.next
      } while cursor != nil
      #expect(found == ["p/a", "p/a-b", "p/a.txt", "p/b"])
      let after = try await storage.objects(in: bucket, from: .after("p/a.")).perform(on: http)
      #expect(after.objects.map(\.name) == ["p/a.txt", "p/b", "q"])
      #expect(after.next == nil)
    }
  }

  @Test func `every kind of key is sent as the gateway wants it`() async throws {
    for key: (StandInInstance) -> String in [\.serviceKey, \.secretKey] {
      try await withStorage(key: key) { storage, http in
        let buckets = try await storage.buckets().perform(on: http)
        #expect(buckets.isEmpty)
        let isHealthy = try await storage.health().perform(on: http)
        #expect(isHealthy)
      }
    }
    for key: (StandInInstance) -> String in [\.anonKey, \.publishableKey] {
      try await withStorage(key: key) { storage, http in
        let error = await #expect(throws: ServiceError.self) {
          try await storage.createBucket(bucket, BucketSettings()).perform(on: http)
        }
        #expect(error?.kind == .denied)
      }
    }
  }

  @Test func `a wrong key is denied, and the version needs none`() async throws {
    for wrong in ["sb_secret_wrong", "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.AAAA"] {
      try await withStorage(key: { _ in wrong }) { storage, http in
        let error = await #expect(throws: ServiceError.self) { try await storage.buckets().perform(on: http) }
        #expect(error?.kind == .denied)
        let version = try await storage.version().perform(on: http)
        #expect(!version.isEmpty)
      }
    }
  }
}
