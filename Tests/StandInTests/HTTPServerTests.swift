import StandIn
import TestSupport
import Testing

@Suite struct HTTPServerTests {
  /// Answers with what it was asked, in a form that a test can read.
  private struct Echo: HTTPService {
    func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
      let target = String(decoding: request.target, as: UTF8.self)
      if target == "/refused" {
        var response = HTTPResponse(status: 400, reason: "Bad Request")
        response.unreadBody = .abandoned
        return response
      }
      if target == "/early" { return HTTPResponse(status: 413, reason: "Too Large") }
      guard let body = try request.body.readAll(limit: 1 << 30) else { throw .badFraming }
      return HTTPResponse(
        status: 200, reason: "OK", headers: ["X-Target": target],
        body: .bytes(target == "/count" ? Array("\(body.count)".utf8) : body))
    }
  }

  /// Runs `body` against a server that echoes.
  private func withServer(_ body: (RawConnection) throws -> Void) throws {
    let server = try HTTPServer(service: Echo())
    defer { server.stop() }
    try body(RawConnection(port: server.port))
  }

  @Test func `requests sent at once are answered in order`() throws {
    try withServer { connection in
      try connection.send(
        "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyzPOST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "2\r\nab\r\n1;name=value\r\nc\r\n0\r\n\r\nGET /c HTTP/1.1\r\n\r\n")
      let answers = try ["POST", "POST", "GET"].map { try connection.receiveAnswer(to: $0) }
      #expect(answers.map { $0?.text } == ["xyz", "abc", ""])
      #expect(answers.map { $0?.headers["x-target"] } == ["/a", "/b", "/c"])
    }
  }

  @Test func `the target is passed on byte for byte`() throws {
    try withServer { connection in
      try connection.send("GET /a b%zz?#ä HTTP/1.1\r\n\r\n")
      let answer = try connection.receiveAnswer(to: "GET")
      #expect(answer?.status == 200)
    }
  }

  @Test func `a body is asked for before it is looked at`() throws {
    try withServer { connection in
      try connection.send("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      let answer = try connection.receiveAnswer(to: "POST") { try connection.send("ok") }
      #expect(answer?.interim == [100])
      #expect(answer?.text == "ok")
    }
  }

  @Test func `HEAD gets the length without the body`() throws {
    try withServer { connection in
      try connection.send("HEAD /a HTTP/1.1\r\nContent-Length: 4\r\n\r\nbodyGET /b HTTP/1.1\r\n\r\n")
      #expect(try connection.receiveAnswer(to: "HEAD")?.headers["content-length"] == "4")
      #expect(try connection.receiveAnswer(to: "GET")?.headers["x-target"] == "/b")
    }
  }

  @Test(arguments: ["GET\r\n\r\n", "GET / HTTP/2\r\n\r\n", "GET / HTTP/1.1\r\nno colon\r\n\r\n", "\u{1}\u{2}\r\n\r\n"])
  func `what is not HTTP is refused and the connection closed`(_ head: String) throws {
    try withServer { connection in
      try connection.send(head)
      let answer = try connection.receiveAnswer(to: "GET")
      #expect(answer?.status == 400)
      #expect(answer?.headers["connection"] == "close")
      #expect(try connection.receive().isEmpty)
    }
  }

  @Test func `a body that was not read does not disturb the next request`() throws {
    try withServer { connection in
      let size = 10_000_000
      try connection.send("POST /early HTTP/1.1\r\nContent-Length: \(size)\r\n\r\n")
      #expect(try connection.receiveAnswer(to: "POST")?.status == 413)
      try connection.send([UInt8](repeating: 1, count: size))
      try connection.send("POST /count HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345")
      #expect(try connection.receiveAnswer(to: "POST")?.text == "5")
    }
  }

  @Test(arguments: [(131_072, true), (196_608, true), (262_144, false), (1_048_576, false)])
  func `a connection whose refused body is long answers no more`(_ size: Int, isUsable: Bool) throws {
    try withServer { connection in
      try connection.send("POST /refused HTTP/1.1\r\nContent-Length: \(size)\r\n\r\n")
      try connection.send([UInt8](repeating: 1, count: size))
      let answer = try connection.receiveAnswer(to: "POST")
      #expect(answer?.headers["connection"] == "keep-alive")
      connection.setTimeout(seconds: isUsable ? 60 : 1)
      try connection.send("GET /next HTTP/1.1\r\n\r\n")
      if isUsable {
        #expect(try connection.receiveAnswer(to: "GET")?.status == 200)
      } else {
        #expect(throws: RawConnection.TimedOut.self) { try connection.receiveAnswer(to: "GET") }
      }
    }
  }

  @Test(arguments: ["POST /a HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf", "POST /a HTT"])
  func `a client that stops in the middle is told so`(_ beginning: String) throws {
    try withServer { connection in
      try connection.send(beginning)
      connection.shutDownSending()
      let answer = try connection.receiveAnswer(to: "POST")
      #expect(answer?.text == #"{"error":"Bad Request","message":"Client Error","statusCode":400}"#)
    }
  }

  @Test func `a large answer arrives whole`() throws {
    try withServer { connection in
      let body = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
      try connection.send(Array("POST /large HTTP/1.1\r\nContent-Length: \(body.count)\r\n\r\n".utf8) + body)
      #expect(try connection.receiveAnswer(to: "POST")?.body == body)
    }
  }
}
