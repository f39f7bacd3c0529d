import CurlHTTP
import Glibc
import TestSupport
import Testing

/// What lies in a user's home and environment, and what servers plant. Each test is a process of its own, for these
/// belong to the process.
@Suite(.timeLimit(.minutes(5))) struct SurroundingsTests {
  @Test func `what a process does about SIGPIPE is left to it`() async {
    await #expect(processExitsWith: .success) {
      signal(SIGPIPE, SIG_DFL)
      try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
        try await withClient { client in try await client.expect(200, from: HTTPRequest(.get, server.url())) }
      }
      var action = sigaction()
      #expect(sigaction(SIGPIPE, nil, &action) == 0 && action.__sigaction_handler.sa_handler == nil)
    }
  }

  @Test func `neither netrc nor curlrc nor cookies add anything to a request`() async {
    await #expect(processExitsWith: .success) {
      let home = try TemporaryDirectory()
      try home.write("machine 127.0.0.1 login planted password planted\ndefault login planted\n".utf8, to: ".netrc")
      try home.write("user = \"planted:planted\"\nheader = \"X-Planted: 1\"\n".utf8, to: ".curlrc")
      setenv("HOME", home.path, 1)
      setenv("CURL_HOME", home.path, 1)
      try await ScriptedServer.withRunning({ connection in
        while true {
          _ = try connection.readRequest()
          try connection.answer(
            401,
            [
              "Set-Cookie: planted=1; Path=/", "WWW-Authenticate: Basic realm=\"a\"",
              "Strict-Transport-Security: max-age=9",
            ])
        }
      }) { server in
        try await withClient { client in
          for _ in 1...3 { try await client.expect(401, from: HTTPRequest(.get, server.url())) }
        }
        #expect(server.requests.count == 3)
        for request in server.requests {
          #expect(Set(request.fields.map { $0.name.lowercased() }) == ["host", "user-agent", "accept"])
        }
      }
    }
  }

  @Test func `the environment's proxy counts only when none is set, and never for loopback`() async {
    await #expect(processExitsWith: .success) {
      try await ScriptedServer.withRunning({ connection in
        _ = try connection.readRequest()
        try connection.answer(403)
      }) { proxy in
        for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
          setenv(name, proxy.url(), 1)
        }
        for name in ["no_proxy", "NO_PROXY"] { unsetenv(name) }
        try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
          try await withClient({ $0.proxy = nil }) { client in
            try await client.expect(200, from: HTTPRequest(.get, server.url()))
            #expect(proxy.acceptedCount == 0)
            let error = await client.failure(of: HTTPRequest(.get, "https://far.invalid/"))
            #expect(error?.reason == .proxy)
            #expect(proxy.requests.map(\.target) == ["far.invalid:443"])
          }
          try await withClient({ $0.proxy = "" }) { client in
            let error = await client.failure(of: HTTPRequest(.get, "https://\(unresolvableHost)/"))
            #expect(error?.reason == .nameNotResolved)
            #expect(proxy.acceptedCount == 1)
          }
        }
      }
    }
  }

  @Test(arguments: [301, 302, 303, 307, 308])
  func `no redirect is followed, with or without a body`(_ status: Int) async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { elsewhere in
      let target = elsewhere.url("/stolen")
      try await ScriptedServer.withRunning({ connection in
        while true {
          _ = try connection.readRequest()
          try connection.answer(status, ["Location: \(target)"])
        }
      }) { server in
        try await withClient { client in
          let headers = [HTTPField("Authorization", "secret")]
          for body in [HTTPRequest.Body.bytes([1, 2]), .bytes(pattern(300_000))] {
            try await client.expect(status, from: HTTPRequest(.post, server.url(), headers: headers, body: body))
          }
          try await client.expect(status, from: HTTPRequest(.get, server.url(), headers: headers))
        }
      }
      #expect(elsewhere.acceptedCount == 0)
    }
  }
}
