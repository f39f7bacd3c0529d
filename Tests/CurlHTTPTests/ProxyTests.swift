import CurlHTTP
import Testing

@Suite(.timeLimit(.minutes(5))) struct ProxyTests {
  @Test func `a plain request goes through the proxy, one to loopback does not`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll("proxy") }) { proxy in
      try await ScriptedServer.withRunning({ try $0.answerAll("direct") }) { server in
        try await withClient({
          $0.proxy = proxy.url()
          $0.allowsPlainHTTP = true
        }) { client in
          let far = try await client.perform(HTTPRequest(.get, "http://far.invalid/a"))
          #expect(far.body == Array("proxy".utf8))
          #expect(proxy.requests.map(\.target) == ["http://far.invalid/a"])
          let near = try await client.perform(HTTPRequest(.get, server.url()))
          #expect(near.body == Array("direct".utf8))
        }
      }
    }
  }

  @Test func `a refused tunnel is a failure of the proxy and nothing was sent`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.answer(403, ["X-Proxy: 1"], "no")
      connection.waitForEnd()
    }) { proxy in
      try await withClient({ $0.proxy = proxy.url() }) { client in
        let request = HTTPRequest(.get, "https://far.invalid/", headers: [HTTPField("Authorization", "secret")])
        let error = await client.failure(of: request)
        #expect(error?.reason == .proxy)
        #expect(error?.outcome == .nothingSent)
        #expect(proxy.requests.map(\.method) == ["CONNECT"])
        #expect(proxy.requests.first?.values("Authorization") == [])
      }
    }
  }
}
