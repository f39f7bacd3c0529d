import CurlHTTP
import FoundationEssentials
import StorageFormats
import Testing

@testable import SupabaseClient

/// Requests as they are sent and answers in the shapes the server has.
@Suite struct StorageCallTests {
  private let storage: StorageClient
  private let key: ObjectKey

  init() throws {
    storage = StorageClient(try Fixture.project())
    key = ObjectKey("uploads/c1/a.txt")
  }

  private func upload(
    _ attributes: ObjectAttributes = ObjectAttributes(contentType: "text/plain"), overwriting: Bool = false
  ) throws -> Call<UploadedObject> {
    try storage.upload(.bytes([1]), to: key, in: "user-files", attributes, overwriting: overwriting)
  }

  @Test func `an upload states type and metadata, and overwrites only when asked`() throws {
    let request = try upload(
      ObjectAttributes(contentType: "image/png", metadata: .object(["sha256": .string("ab")]), cacheControl: "no-store")
    ).request
    #expect(request.method == .post)
    #expect(request.header("Content-Type") == "image/png")
    #expect(request.header("Cache-Control") == "no-store")
    #expect(request.header("x-upsert") == nil)
    #expect(request.totalTimeLimit == nil)
    let metadata = try #require(Data(base64Encoded: request.header("x-metadata") ?? ""))
    #expect(String(decoding: metadata, as: UTF8.self) == #"{"sha256":"ab"}"#)
    #expect(try upload(overwriting: true).request.header("x-upsert") == "true")
    #expect(try upload().request.header("x-metadata") == nil)
  }

  @Test func `an empty file is sent with a body, so that its length is stated`() throws {
    let call = try storage.upload(.none, to: key, in: "user-files", ObjectAttributes(contentType: "text/plain"))
    #expect(call.request.bodyText == "")
  }

  @Test func `metadata that is no object or too large is not sent`() throws {
    let list = #expect(throws: ServiceError.self) {
      try upload(ObjectAttributes(contentType: "a/b", metadata: .array([])))
    }
    #expect(list?.kind == .invalid)
    let large = JSONValue.object(["k": .string(String(repeating: "v", count: 7000))])
    let error = #expect(throws: ServiceError.self) { try upload(ObjectAttributes(contentType: "a/b", metadata: large)) }
    #expect(error?.kind == .limit)
  }

  @Test func `an upload's answer names what was stored`() throws {
    let call = try upload()
    let stored = try call.answer(from: Fixture.reply(200, #"{"Key":"user-files/uploads/c1/a.txt","Id":"id-1"}"#))
    #expect(stored.id == "id-1")
    for body in [#"{"Key":"user-files/other","Id":"id-1"}"#, "<html>", "", "{}"] {
      let error = #expect(throws: ServiceError.self) { try call.answer(from: Fixture.reply(200, body)) }
      #expect(error?.kind == .ambiguous)
    }
  }

  @Test func `info has the size, the bare ETag and the metadata`() throws {
    let body = #"""
      {"id":"i","name":"uploads/c1/a.txt","version":"v","bucket_id":"user-files","size":5,"content_type":"text/plain",
      "cache_control":"no-cache","etag":"\"5d41\"","metadata":{"n":9007199254740993,"k":"v"},
      "last_modified":"2026-01-01T00:00:00.000Z","created_at":"2026-01-01T00:00:00.000Z"}
      """#
    let call = try storage.info(key, in: "user-files")
    #expect(call.request.target == "/object/info/authenticated/user-files/uploads/c1/a.txt")
    let info = try #require(try call.answer(from: Fixture.reply(200, body)))
    #expect(info.byteCount == 5)
    #expect(info.eTag == "5d41")
    #expect(info.metadata?["k"]?.string == "v")
    #expect(info.metadata?["n"] == .integer(9_007_199_254_740_993))
  }

  @Test func `a missing object is no error to info, a missing bucket is`() throws {
    let call = try storage.info(key, in: "user-files")
    let absent = #"{"statusCode":"404","error":"not_found","message":"Object not found","code":"NoSuchKey"}"#
    #expect(try call.answer(from: Fixture.reply(400, absent)) == nil)
    let noBucket =
      #"{"statusCode":"404","error":"Bucket not found","message":"Bucket not found","code":"NoSuchBucket"}"#
    let error = #expect(throws: ServiceError.self) { try call.answer(from: Fixture.reply(400, noBucket)) }
    #expect(error?.kind == .setUp)
    #expect(try storage.bucket("user-files").answer(from: Fixture.reply(400, noBucket)) == nil)
  }

  @Test func `a list asks by name without folders and follows the cursor`() throws {
    let call = try storage.objects(in: "user-files", prefix: "uploads/c1/", from: .after("uploads/c1/a"), limit: 2)
    #expect(
      call.request.bodyText
        == #"{"prefix":"uploads/c1/","limit":2,"with_delimiter":false,"sortBy":{"column":"name","order":"asc"},"#
        + #""cursor":"bDp1cGxvYWRzL2MxL2E="}"#)
    let body = #"""
      {"hasNext":true,"nextCursor":"bDpi","nextCursorKey":"b","folders":[],"objects":[{"id":"1","name":"a","metadata":
      {"eTag":"\"5d41\"","size":5,"mimetype":"text/plain","contentLength":5},"updated_at":"u","created_at":"c",
      "last_accessed_at":"l"},{"id":"2","name":"b","metadata":null,"updated_at":"u","created_at":"c"}]}
      """#
    let page = try call.answer(from: Fixture.reply(200, body))
    #expect(page.objects.map(\.name) == ["a", "b"])
    #expect(page.objects.map(\.byteCount) == [5, nil])
    #expect(page.objects[0].eTag == "5d41")
    let next = try storage.objects(in: "user-files", from: page.next)
    #expect(next.request.bodyText?.contains(#""cursor":"bDpi""#) == true)
    let last = try call.answer(from: Fixture.reply(200, #"{"hasNext":false,"folders":[],"objects":[]}"#))
    #expect(last.next == nil)
  }

  @Test func `a download of a range says which part came`() throws {
    let call = try storage.download(key, in: "user-files", range: 2..<5, to: .memory(limit: 10))
    #expect(call.request.header("Range") == "bytes=2-4")
    #expect(call.request.target == "/object/authenticated/user-files/uploads/c1/a.txt")
    let part = try call.answer(
      from: Fixture.reply(
        206, "llo", ["content-range": "bytes 2-4/5", "etag": "\"5d41\"", "content-type": "text/plain"]))
    #expect(part.head.part?.range == 2..<5)
    #expect(part.head.part?.total == 5)
    #expect(part.head.eTag == "5d41")
    #expect(part.body == Array("llo".utf8))
    let whole = try call.answer(from: Fixture.reply(200, "hello"))
    #expect(whole.head.part == nil)
    for headers in [[:], ["Content-Range": "bytes 0-2/5"], ["Content-Range": "bytes 2-3/5"], ["Content-Range": "rows"]]
    {
      #expect(throws: ServiceError.self) { try call.answer(from: Fixture.reply(206, "llo", headers)) }
    }
    let beyond = Fixture.reply(206, "llo, w", ["Content-Range": "bytes 2-7/12"])
    #expect(throws: ServiceError.self) { try call.answer(from: beyond) }
    let short = Fixture.reply(206, "ll", ["Content-Range": "bytes 2-3/4"])
    #expect(try call.answer(from: short).head.part?.range == 2..<4)
    #expect(throws: ServiceError.self) {
      try storage.download(key, in: "user-files", range: 2..<2, to: .memory(limit: 1))
    }
  }

  @Test func `a download longer than its limit is refused, but a refusal is always read`() throws {
    let call = try storage.download(key, in: "user-files", to: .memory(limit: 4))
    guard case .memory(let limit) = call.request.destination else {
      Issue.record("not to memory")
      return
    }
    #expect(limit == 64 << 10)
    let error = #expect(throws: ServiceError.self) { try call.answer(from: Fixture.reply(200, "hello")) }
    #expect(error?.kind == .limit)
  }

  @Test func `a delete names an array and answers with what was there`() throws {
    let call = try storage.delete([key, ObjectKey("b")], in: "user-files")
    #expect(call.request.method == .delete)
    #expect(call.request.bodyText == #"{"prefixes":["uploads/c1/a.txt","b"]}"#)
    #expect(try call.answer(from: Fixture.reply(200, #"[{"name":"b","bucket_id":"user-files","owner":""}]"#)) == ["b"])
    let error = #expect(throws: ServiceError.self) { try storage.delete([], in: "user-files") }
    #expect(error?.kind == .limit)
  }

  @Test func `buckets are read with their limits and written with all of them`() throws {
    let body = #"""
      [{"id":"user-files","name":"user-files","owner":"","public":false,"type":"STANDARD","file_size_limit":52428800,
      "allowed_mime_types":null,"created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z"}]
      """#
    let settings = BucketSettings(fileSizeLimit: 52_428_800)
    #expect(try storage.buckets().answer(from: Fixture.reply(200, body)).map(\.settings) == [settings])
    let create = try storage.createBucket("user-files", settings)
    #expect(
      create.request.bodyText
        == #"{"name":"user-files","public":false,"file_size_limit":52428800,"allowed_mime_types":null}"#)
    try create.answer(from: Fixture.reply(200, #"{"name":"user-files"}"#))
    let update = try storage.updateBucket("user-files", BucketSettings(isPublic: true, allowedMIMETypes: ["image/*"]))
    #expect(update.request.method == .put)
    #expect(update.request.bodyText == #"{"public":true,"file_size_limit":null,"allowed_mime_types":["image/*"]}"#)
    try update.answer(from: Fixture.reply(200, #"{"message":"Successfully updated"}"#))
  }

  @Test func `version and health are read`() throws {
    #expect(try storage.version().answer(from: Fixture.reply(200, "1.2.3")) == "1.2.3")
    #expect(try storage.health().answer(from: Fixture.reply(200, #"{"healthy":false}"#)) == false)
    #expect(throws: ServiceError.self) { try storage.version().answer(from: Fixture.reply(200, "<html></html>")) }
  }
}
