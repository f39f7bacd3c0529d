import CurlHTTP
import Glibc
import Testing

/// What comes back.
@Suite(.timeLimit(.minutes(5))) struct AnswerTests {
  /// The reply to one request answered with exactly `text`, after which the server closes.
  private func reply(
    to method: HTTPRequest.Method = .get, _ text: String, _ destination: HTTPRequest.Destination = .memory(limit: 1000)
  ) async throws -> Result<HTTPReply, TransportError> {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.send(text)
    }) { server in
      try await withClient { client in
        do throws(TransportError) {
          return .success(try await client.perform(HTTPRequest(method, server.url(), destination: destination)))
        } catch {
          return .failure(error)
        }
      }
    }
  }

  @Test func `status, fields and body are those that were sent`() async throws {
    let reply = try await reply(
      "HTTP/1.1 200 OK\r\nContent-Range: 0-0/1\r\nX-A:  b c \t\r\nX-A: d\r\nX-E:\r\nContent-Length: 2\r\n\r\nok"
    ).get()
    #expect(reply.status == 200)
    #expect(
      reply.headers == [
        HTTPField("Content-Range", "0-0/1"), HTTPField("X-A", "b c"), HTTPField("X-A", "d"), HTTPField("X-E", ""),
        HTTPField("Content-Length", "2"),
      ])
    #expect(reply.header("content-range") == "0-0/1")
    #expect(reply.body == Array("ok".utf8))
    #expect(reply.bodyByteCount == 2)
  }

  @Test(arguments: ["HTTP/1.1 400 \r\n", "HTTP/1.1 400\r\n"])
  func `a reason phrase may be missing`(_ line: String) async throws {
    let reply = try await reply(line + "Content-Length: 2\r\n\r\n{}").get()
    #expect(reply.status == 400)
    #expect(reply.body == Array("{}".utf8))
  }

  @Test(arguments: ["HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\n\r\n"])
  func `an answer that has no body ends with its head`(_ text: String) async throws {
    #expect(try await reply(text).get().bodyByteCount == 0)
  }

  @Test func `the answer to HEAD ends with its head whatever length it tells`() async throws {
    let reply = try await reply(to: .head, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n").get()
    #expect(reply.header("Content-Length") == "5000")
    #expect(reply.body.isEmpty)
  }

  @Test func `a chunked answer is put together and its trailer left out`() async throws {
    let reply = try await reply(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nX-Trailer: t\r\n\r\n"
    ).get()
    #expect(reply.body == Array("abcde".utf8))
    #expect(reply.header("X-Trailer") == nil)
  }

  @Test func `an interim answer is passed over`() async throws {
    let reply = try await reply(
      "HTTP/1.1 100 Continue\r\nX-A: 1\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n"
    ).get()
    #expect(reply.status == 201)
    #expect(reply.header("X-A") == nil)
  }

  @Test func `an encoded answer comes as it is`() async throws {
    let reply = try await reply("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nxyz").get()
    #expect(reply.body == Array("xyz".utf8))
  }

  @Test func `a redirect is an answer like any other`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { elsewhere in
      let target = elsewhere.url("/stolen")
      let reply = try await reply("HTTP/1.1 302 Found\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n").get()
      #expect(reply.status == 302)
      #expect(reply.header("Location") == target)
      #expect(elsewhere.acceptedCount == 0)
    }
  }

  @Test func `an answer up to the limit is taken and one byte more is not`() async throws {
    let text = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
    #expect(try await reply(text, .memory(limit: 10)).get().bodyByteCount == 10)
    let error = try await reply(text, .memory(limit: 9)).failure
    #expect(error?.reason == .answerTooLong)
    #expect(error?.outcome == .answered(status: 200))
  }

  @Test(arguments: [200, 206])
  func `a good answer goes to its receiver, head first`(_ status: Int) async throws {
    let receiver = Receiver(limit: 10)
    let text =
      "HTTP/1.1 100 Continue\r\nX-A: b\r\n\r\nHTTP/1.1 \(status) OK\r\nX-A: c\r\nContent-Length: 10\r\n\r\n0123456789"
    let reply = try await reply(text, .receiver(receiver)).get()
    #expect(reply.body.isEmpty)
    #expect(reply.bodyByteCount == 10)
    #expect(receiver.heads == ["\(status) c"])
    #expect(receiver.content == Array("0123456789".utf8))
  }

  @Test func `an empty answer has a head, too`() async throws {
    let receiver = Receiver(limit: 10)
    _ = try await reply("HTTP/1.1 200 OK\r\nX-A: c\r\nContent-Length: 0\r\n\r\n", .receiver(receiver)).get()
    #expect(receiver.heads == ["200 c"] && receiver.content.isEmpty)
  }

  @Test func `an error does not go to the receiver`() async throws {
    let receiver = Receiver(limit: 3)
    let reply = try await reply(
      "HTTP/1.1 404 Not Found\r\nContent-Length: 10\r\n\r\n0123456789", .receiver(receiver)
    ).get()
    #expect(reply.body.count == 10)
    #expect(receiver.heads.isEmpty && receiver.content.isEmpty)
  }

  @Test(arguments: [(9, true), (10, false)])
  func `a receiver gives an answer up at any time`(_ limit: Int, _ takesHead: Bool) async throws {
    let receiver = Receiver(limit: limit, takesHead: takesHead)
    let error = try await reply("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789", .receiver(receiver)).failure
    #expect(error?.reason == .notTaken)
    #expect(error?.outcome == .answered(status: 200))
    #expect(receiver.content.isEmpty)
  }

  @Test(arguments: [1000, 90_000, 200_000, 400_000])
  func `a head beyond 256 KiB is not taken`(_ lineLength: Int) async throws {
    let line = "X-A: " + String(repeating: "a", count: lineLength) + "\r\n"
    let lines = String(repeating: line, count: 400_000 / lineLength)
    let error = try await reply("HTTP/1.1 200 OK\r\n" + lines + "Content-Length: 0\r\n\r\n").failure
    #expect(error?.reason == .answerTooLong)
    #expect(error?.outcome == .unknown)
  }

  /// The error of a request whose answer is `head` and then `piece` over and over.
  private func failure(
    of head: String, thenForever piece: String, _ destination: HTTPRequest.Destination
  ) async throws -> TransportError? {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.send(head)
      while true { try connection.send(piece) }
    }) { server in
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.get, server.url(), destination: destination))
        // No more of it was taken than the limit and what was on its way.
        #expect(client.byteCounts.received < 4 << 20)
        return error
      }
    }
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 500 Oops\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
  ])
  func `a body without end is given up at the limit`(_ head: String) async throws {
    let piece = "1000\r\n" + String(repeating: "a", count: 0x1000) + "\r\n"
    let receiver = Receiver(limit: 1 << 20)
    for destination in [HTTPRequest.Destination.memory(limit: 1 << 20), .receiver(receiver)] {
      let error = try await failure(of: head, thenForever: piece, destination)
      let isGood = head.contains("200")
      if case .receiver = destination, isGood {
        #expect(error?.reason == .notTaken)
      } else {
        #expect(error?.reason == .answerTooLong)
      }
    }
    #expect(receiver.content.count <= 1 << 20)
  }

  @Test(arguments: [
    ("", "HTTP/1.1 100 Continue\r\n\r\n"), ("HTTP/1.1 200 OK\r\n", "X-A: b\r\n"),
    ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X-Trailer: b\r\n"),
    ("HTTP/1.1 200 OK\r\nX-A: ", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
  ])
  func `a head or trailer without end is given up`(_ head: String, _ piece: String) async throws {
    let error = try await failure(of: head, thenForever: piece, .memory(limit: 1000))
    #expect(error?.reason == .answerTooLong)
  }

  @Test(arguments: [
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n012",
  ])
  func `an answer cut off in its body is lost after its head`(_ text: String) async throws {
    let error = try await reply(text).failure
    #expect(error?.reason == .connectionLost)
    #expect(error?.outcome == .answered(status: 200))
  }

  @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Le"])
  func `an answer cut off before its body is lost with unknown outcome`(_ text: String) async throws {
    let error = try await reply(text).failure
    #expect(error?.reason == .connectionLost)
    #expect(error?.outcome == .unknown)
  }

  @Test func `a broken chunk is malformed`() async throws {
    let error = try await reply("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").failure
    #expect(error?.reason == .malformedAnswer)
    #expect(error?.outcome == .answered(status: 200))
  }

  @Test(arguments: [
    "SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "<html>not HTTP at all</html>\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\nabc", "HTTP/7.1 200 OK\r\n\r\n",
  ])
  func `garbage is malformed with unknown outcome`(_ text: String) async throws {
    let error = try await reply(text).failure
    #expect(error?.reason == .malformedAnswer)
    #expect(error?.outcome == .unknown)
  }
}

extension Result {
  var failure: Failure? {
    switch self {
    case .success: nil
    case .failure(let error): error
    }
  }
}
