import CurlHTTP
import Testing

/// What goes out.
@Suite(.timeLimit(.minutes(1))) struct RequestTests {
  enum Way: CaseIterable { case memory, file }

  @Test(arguments: [HTTPRequest.Method.post, .put, .patch, .delete], [0, 1, 65_535, 65_536, 300_000])
  func `a body arrives whole with its length and nothing that nobody asked for`(
    _ method: HTTPRequest.Method, _ count: Int
  ) async throws {
    let content = pattern(count)
    let file = try ScratchFile(pattern(7) + content + pattern(9))
    let ways: [HTTPRequest.Body] = [
      .bytes(content), .file(descriptor: file.descriptor, range: 7..<Int64(count) + 7),
    ]
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        for body in ways {
          let request = HTTPRequest(method, server.url("/a"), headers: [HTTPField("X-Key", "k")], body: body)
          try await client.expect(200, from: request)
        }
      }
      #expect(server.requests.count == 2)
      for request in server.requests {
        #expect(request.method == method.rawValue)
        #expect(request.body == content)
        #expect(request.values("Content-Length") == ["\(count)"])
        #expect(request.values("X-Key") == ["k"])
        let names = Set(request.fields.map { $0.name.lowercased() })
        #expect(names == ["host", "user-agent", "accept", "content-length", "x-key"])
      }
      #expect(server.acceptedCount == 1)
    }
  }

  @Test func `a handle used for one method serves the next one cleanly`() async throws {
    try await ScriptedServer.withRunning({ connection in
      while true {
        let request = try connection.readRequest()
        try connection.answer(200, [], request.method == "HEAD" ? "" : "ok")
      }
    }) { server in
      try await withClient { client in
        let large = pattern(100_000)
        let requests = [
          HTTPRequest(.put, server.url(), body: .bytes(large)), HTTPRequest(.post, server.url(), body: .bytes([1])),
          HTTPRequest(.get, server.url()), HTTPRequest(.delete, server.url(), body: .bytes([2])),
          HTTPRequest(.head, server.url()), HTTPRequest(.delete, server.url()),
          HTTPRequest(.patch, server.url(), body: .bytes(large)), HTTPRequest(.post, server.url()),
          HTTPRequest(.get, server.url()),
        ]
        for request in requests { try await client.expect(200, from: request) }
      }
      #expect(
        server.requests.map(\.method) == ["PUT", "POST", "GET", "DELETE", "HEAD", "DELETE", "PATCH", "POST", "GET"])
      #expect(server.requests.map(\.body.count) == [100_000, 1, 0, 1, 0, 0, 100_000, 0, 0])
      #expect(
        server.requests.map { $0.values("Content-Length").first }
          == ["100000", "1", nil, "1", nil, nil, "100000", "0", nil])
      #expect(server.acceptedCount == 1)
    }
  }

  @Test func `the path goes out as it was given`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        _ = try await client.perform(HTTPRequest(.get, server.url("/a/../b/./%2e%2e/c%2Fd?x=(1,2)&y=%22")))
      }
      #expect(server.requests.first?.target == "/a/../b/./%2e%2e/c%2Fd?x=(1,2)&y=%22")
    }
  }

  @Test func `an empty header is sent and a given content type replaces none`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let headers = [HTTPField("X-Empty", ""), HTTPField("content-type", "image/png")]
        _ = try await client.perform(HTTPRequest(.post, server.url(), headers: headers, body: .bytes([1])))
      }
      #expect(server.requests.first?.values("X-Empty") == [""])
      #expect(server.requests.first?.values("Content-Type") == ["image/png"])
    }
  }

  @Test(arguments: [1000, 300_000, 9 << 20])
  func `a body is sent again from its start when a kept connection turns out to be dead`(_ count: Int) async throws {
    let content = pattern(count)
    let file = try ScratchFile(content)
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.answer(200)
      if connection.number == 0 {
        // The second request on this connection finds it closed, unanswered.
        _ = try connection.readRequest()
        return
      }
      connection.waitForEnd()
    }) { server in
      try await withClient { client in
        let first = try await client.perform(HTTPRequest(.get, server.url()))
        #expect(!first.wasSentAgain)
        let body = HTTPRequest.Body.file(descriptor: file.descriptor, range: 0..<Int64(count))
        let second = try await client.perform(HTTPRequest(.put, server.url(), body: body))
        #expect(second.status == 200)
        #expect(second.wasSentAgain)
      }
      #expect(server.acceptedCount == 2)
      #expect(server.requests.last?.body == content)
    }
  }

  @Test(arguments: [1000, 300_000, 9 << 20])
  func `a file that has shrunk ends its transfer`(_ count: Int) async throws {
    let file = try ScratchFile(pattern(count))
    file.truncate(to: count / 2)
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let body = HTTPRequest.Body.file(descriptor: file.descriptor, range: 0..<Int64(count))
        let error = await client.failure(of: HTTPRequest(.post, server.url(), body: body))
        #expect(error?.reason == .sourceEnded)
        #expect(error?.outcome == (count < 65_536 ? .nothingSent : .unknown))
      }
      #expect(server.requests.isEmpty)
    }
  }

  @Test(arguments: [1000, 300_000, 9 << 20])
  func `a file that was written to never arrives whole`(_ count: Int) async throws {
    let file = try ScratchFile(pattern(count))
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let range = 0..<Int64(count)
        let body = HTTPRequest.Body.file(descriptor: file.descriptor, range: range) { false }
        let error = await client.failure(of: HTTPRequest(.post, server.url(), body: body))
        #expect(error?.reason == .sourceEnded)
        let unchanged = HTTPRequest.Body.file(descriptor: file.descriptor, range: range) { true }
        try await client.expect(200, from: HTTPRequest(.post, server.url(), body: unchanged))
      }
      #expect(server.requests.map(\.body.count) == [count])
    }
  }

  @Test func `an array that was sent can be filled anew without a copy`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        for count in [1000, 300_000] {
          let batch = client.batch(of: [UInt8].self, limit: 1)
          var buffer = pattern(count)
          let address = buffer.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
          batch.submit([(buffer, HTTPRequest(.post, server.url(), body: .bytes(buffer)))])
          buffer = []
          var settled = await batch.settled()
          buffer = settled.removeFirst().tag
          buffer[0] = 1
          #expect(buffer.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == address)
        }
      }
    }
  }
}
