import CurlHTTP
import Testing

/// Requests of which nothing may be sent.
@Suite(.timeLimit(.minutes(1))) struct RefusedRequestTests {
  private func expectRefused(_ request: (ScriptedServer) -> HTTPRequest) async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let error = await client.failure(of: request(server))
        #expect(error?.reason == .invalidRequest)
        #expect(error?.outcome == .nothingSent)
        // The slot is as good as new.
        try await client.expect(200, from: HTTPRequest(.get, server.url()))
      }
      #expect(server.requests.count == 1)
    }
  }

  @Test(arguments: [
    "/a b", "/a\r\nX-Injected: 1", "/a\nb", "/a\tb", "/\u{0}", "/\u{7F}", "/ä", "/a#b", "/a\\b",
  ])
  func `a path with a byte that must be encoded is refused`(_ path: String) async throws {
    try await expectRefused { HTTPRequest(.get, $0.url(path)) }
  }

  @Test(arguments: [
    "http://user@127.0.0.1:PORT/", "http://user:word@127.0.0.1:PORT/", "http://127.0.0.1:PORT@evil.example/",
    "http://127.0.0.1:PORT\\@evil.example/", "//127.0.0.1:PORT/", "127.0.0.1:PORT/", "file:///etc/passwd",
    "ftp://127.0.0.1:PORT/", "HTTP:127.0.0.1:PORT/", "http:///a", "http://:PORT/", "http://127.0.0.1:/",
    "http://127.0.0.1:0/", "http://127.0.0.1:+PORT/", "http://127.0.0.1:99999/", "http://127.0.0.1:PORT:PORT/",
    "http://[::1/", "http://[1]:PORT/",
    "http://127.0.0.1%2F:PORT/", "http://{127.0.0.1}:PORT/", "",
  ])
  func `a URL that is not plainly scheme, host and path is refused`(_ url: String) async throws {
    try await expectRefused { server in HTTPRequest(.get, url.replacing("PORT", with: "\(server.port)")) }
  }

  @Test(arguments: [
    "http://example.com/", "http://128.0.0.1/", "http://127.0.0.1.example.com/", "http://0.0.0.0/", "http://127.1/",
    "http://2130706433/", "http://0127.0.0.1/", "http://localhost.example/", "http://[::2]/", "http://10.0.0.1/",
  ])
  func `plain http is refused beyond loopback`(_ url: String) async throws {
    try await expectRefused { _ in HTTPRequest(.get, url) }
  }

  @Test(arguments: [
    ("X-A", "b\r\nX-Injected: 1"), ("X-A", "b\nc"), ("X-A", "\u{0}"), ("X-A", "\u{7F}"), ("X-A", "\t"),
    ("X-A\r\nX-B", "c"), ("X A", "b"), ("X:A", "b"), ("", "b"), ("X-Ä", "b"),
    ("Content-Length", "1"), ("transfer-encoding", "chunked"), ("Expect", "100-continue"),
  ])
  func `a header that could smuggle another is refused`(_ name: String, _ value: String) async throws {
    try await expectRefused { HTTPRequest(.post, $0.url(), headers: [HTTPField(name, value)], body: .bytes([1])) }
  }

  @Test(arguments: [HTTPRequest.Method.get, .head])
  func `a body where none belongs is refused`(_ method: HTTPRequest.Method) async throws {
    try await expectRefused { HTTPRequest(method, $0.url(), body: .bytes([1])) }
  }

  @Test(arguments: ["127.0.0.1", "127.200.0.9", "localhost", "LocalHost"])
  func `plain http reaches loopback`(_ host: String) async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.get, "http://\(host):\(server.port)/"))
        // The server listens on 127.0.0.1 alone, so for another address being refused is as good.
        #expect(error == nil || error?.reason == .connectionRefused)
      }
    }
  }
}
