import CurlHTTP
import StandIn
import SupabaseClient
import TestSupport
import Testing

/// What lost, late and foreign answers are taken for, over real sockets.
@Suite(.standIn(per: .test)) struct LiveFaultTests {
  private let key: ObjectKey

  init() throws {
    key = ObjectKey("a")
  }

  /// The error of an upload and of a read while `fault` disturbs both; and whether the object is there afterwards.
  private func errors(
    under fault: Fault.Action, when: Fault.Moment? = nil, _ change: (inout Fault) -> Void = { _ in }
  ) async throws -> (write: ServiceError?, read: ServiceError?, isStored: Bool) {
    let standIn = try StandInInstance.current
    let storage = StorageClient(
      SupabaseClient.SupabaseProject(try ProjectAddress(standIn.url), key: try APIKey(standIn.secretKey)))
    return try await HTTPClient.withRunning(HTTPConfiguration()) { http in
      try await storage.createBucket("files", BucketSettings()).perform(on: http)
      var disturbance = Fault(fault, on: "* /storage/v1/object/*", count: 0)
      disturbance.when = when
      change(&disturbance)
      standIn.add(disturbance)
      let write = await #expect(throws: ServiceError.self) {
        try await storage.upload(.bytes([1]), to: key, in: "files", ObjectAttributes(contentType: "text/plain"))
          .perform(on: http)
      }
      let read = await #expect(throws: ServiceError.self) {
        try await storage.objects(in: "files").perform(on: http)
      }
      standIn.removeFaults()
      return (write, read, try await storage.info(key, in: "files").perform(on: http) != nil)
    }
  }

  @Test(arguments: [
    (Fault.Action.reset, Fault.Moment.before, false), (.dropAnswer, .after, true), (.truncate, .after, true),
  ])
  func `a lost answer leaves a write open and a read to be repeated`(
    _ action: Fault.Action, _ when: Fault.Moment, _ isStored: Bool
  ) async throws {
    let found = try await errors(under: action, when: when)
    #expect(found.write?.kind == .ambiguous)
    #expect(found.write?.transport != nil)
    #expect(found.read?.kind == .retryable)
    #expect(found.isStored == isStored)
  }

  @Test func `what is not HTTP is no answer`() async throws {
    let found = try await errors(under: .garbage)
    #expect(found.write?.kind == .ambiguous)
    #expect(found.read?.kind == .retryable)
    #expect(!found.isStored)
  }

  @Test func `a page in place of an answer leaves the outcome open`() async throws {
    let found = try await errors(under: .status) { fault in
      fault.status = 200
      fault.headers = ["Content-Type": "text/html"]
      fault.body = "<html><title>Sign in</title></html>"
    }
    #expect(found.write?.kind == .ambiguous)
    #expect(found.read?.kind == .retryable)
    #expect(found.read?.message == "unexpected answer: an HTML page: Sign in")
    #expect(!found.isStored)
  }

  @Test func `a server that asks to wait is understood`() async throws {
    let found = try await errors(under: .status) { fault in
      fault.status = 429
      fault.headers = ["Retry-After": "3"]
      fault.body = ""
    }
    #expect(found.write?.kind == .retryable)
    #expect(found.write?.retryAfter == .seconds(3))
    #expect(found.write?.asksForLess == true)
  }

  @Test func `a paused project is down, and a redirect leads nowhere`() async throws {
    let paused = try await errors(under: .status) { fault in
      fault.status = 540
      fault.body = ""
    }
    #expect(paused.write?.kind == .serviceDown)
    try StandInInstance.current.reset()
    let moved = try await errors(under: .status) { fault in
      fault.status = 307
      fault.headers = ["Location": "http://127.0.0.1:1/other?token=abcdefghijkl"]
      fault.body = ""
    }
    #expect(moved.write?.kind == .setUp)
    #expect(moved.write?.message == "unexpected redirect to host 127.0.0.1:1")
  }
}
