import CurlHTTP
import SupabaseClient
import TestSupport
import Testing

/// The server's trap: it refuses an upload at its head, says that the connection is kept, and reads no more of a body
/// that is long; what comes next on that connection gets no answer.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct LiveRefusalTests {
  private let bucket = "files"
  private let attributes = ObjectAttributes(contentType: "text/plain")
  private let key: ObjectKey

  init() throws {
    key = ObjectKey("taken")
  }

  /// A project whose `key` is taken, so that uploads without overwriting are refused.
  private func withTakenKey(_ body: (StandInInstance, StorageClient, HTTPClient) async throws -> Void) async throws {
    let standIn = try StandInInstance.current
    let storage = StorageClient(SupabaseProject(try ProjectAddress(standIn.url), key: try APIKey(standIn.serviceKey)))
    try await HTTPClient.withRunning(HTTPConfiguration()) { http in
      try await storage.createBucket(bucket, BucketSettings()).perform(on: http)
      _ = try await storage.upload(.bytes([1]), to: key, in: bucket, attributes).perform(on: http)
      try await body(standIn, storage, http)
    }
  }

  @Test(arguments: [(192 << 10, true), (300 << 10, false)])
  func `a connection kept after a long refused body answers no more`(_ byteCount: Int, isUsable: Bool) async throws {
    try await withTakenKey { standIn, _, _ in
      try await onOwnThread {
        let connection = try RawConnection(port: standIn.port)
        let authorization = "Authorization: Bearer \(standIn.serviceKey)\r\n"
        try connection.send(
          "POST /storage/v1/object/files/taken HTTP/1.1\r\nHost: a\r\n\(authorization)Content-Type: text/plain\r\n"
            + "Content-Length: \(byteCount)\r\n\r\n")
        try connection.send([UInt8](repeating: 7, count: byteCount))
        let refusal = try connection.receiveAnswer(to: "POST")
        #expect(refusal?.status == 400)
        #expect(refusal?.text.contains("Duplicate") == true)
        #expect(refusal?.headers["connection"] == "keep-alive")
        try connection.send("GET /storage/v1/bucket HTTP/1.1\r\nHost: a\r\n\(authorization)\r\n")
        if isUsable {
          #expect(try connection.receiveAnswer(to: "GET")?.status == 200)
        } else {
          // An answer would be there in milliseconds.
          connection.setTimeout(seconds: 1)
          #expect(throws: RawConnection.TimedOut.self) { try connection.receiveAnswer(to: "GET") }
        }
      }
    }
  }

  @Test func `ten refused uploads in a row are all answered, and so is what follows`() async throws {
    try await withTakenKey { standIn, storage, http in
      standIn.forgetRequests()
      let content = [UInt8](repeating: 7, count: 300 << 10)
      for _ in 1...10 {
        var upload = try storage.upload(.bytes(content), to: key, in: bucket, attributes)
        // A request on a connection that nobody reads would end here, or be sent again on another.
        upload.request.totalTimeLimit = .seconds(20)
        let error = await #expect(throws: ServiceError.self) { _ = try await upload.perform(on: http) }
        #expect(error?.kind == .conflict)
        #expect(error?.status == 409)
      }
      #expect(try await storage.info(key, in: bucket).perform(on: http)?.byteCount == 1)
      // Each was sent once.
      #expect(standIn.requests().map(\.status) == Array(repeating: 400, count: 10) + [200])
    }
  }
}
