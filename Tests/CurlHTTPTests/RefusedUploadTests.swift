import CurlHTTP
import Testing

/// Servers that stop reading a body they refuse, and still say that the connection is kept.
@Suite(.timeLimit(.minutes(5))) struct RefusedUploadTests {
  /// Refuses at the head, reads nothing more, answers nothing more.
  private static let refusing: ScriptedServer.Script = { connection in
    _ = try connection.readHead()
    try connection.answer(400, ["Connection: keep-alive"], #"{"statusCode":"409","error":"Duplicate"}"#)
    connection.waitForEnd()
  }

  @Test(arguments: RequestTests.Way.allCases)
  func `ten refused uploads in a row are answered at once`(_ way: RequestTests.Way) async throws {
    let content = pattern(300 << 10)
    let file = try ScratchFile(content)
    let body: HTTPRequest.Body =
      switch way {
      case .memory: .bytes(content)
      case .file: .file(descriptor: file.descriptor, range: 0..<Int64(content.count))
      }
    try await ScriptedServer.withRunning(Self.refusing) { server in
      try await withClient { client in
        for _ in 1...10 {
          let reply = try await client.perform(HTTPRequest(.post, server.url(), body: body))
          #expect(reply.status == 400)
          #expect(String(decoding: reply.body, as: UTF8.self).contains("Duplicate"))
        }
      }
      #expect(server.acceptedCount == 10)
    }
  }

  @Test func `a body that was read whole and refused gives its connection up too`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.answer(409)
      connection.waitForEnd()
    }) { server in
      try await withClient { client in
        for _ in 1...3 {
          try await client.expect(409, from: HTTPRequest(.post, server.url(), body: .bytes([1, 2])))
        }
      }
      #expect(server.acceptedCount == 3)
    }
  }

  @Test func `an early refusal ends the sending of a body larger than all buffers`() async throws {
    let content = [UInt8](repeating: 7, count: 64 << 20)
    try await ScriptedServer.withRunning(Self.refusing) { server in
      try await withClient { client in
        let reply = try await client.perform(HTTPRequest(.post, server.url(), body: .bytes(content)))
        #expect(reply.status == 400)
        #expect(client.byteCounts.sent < 64 << 20)
      }
    }
  }

  @Test func `a refused request without a body keeps its connection`() async throws {
    try await ScriptedServer.withRunning({ connection in
      while true {
        _ = try connection.readRequest()
        try connection.answer(404)
      }
    }) { server in
      try await withClient { client in
        for _ in 1...3 { try await client.expect(404, from: HTTPRequest(.get, server.url())) }
      }
      #expect(server.acceptedCount == 1)
    }
  }
}
