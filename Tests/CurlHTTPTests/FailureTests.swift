import CurlHTTP
import Glibc
import Synchronization
import Testing

/// Transfers without an answer, told apart by what happened.
@Suite(.timeLimit(.minutes(5))) struct FailureTests {
  @Test func `nobody listening is a refused connection and nothing was sent`() async throws {
    try await ScriptedServer.withRunning({ _ in }) { server in
      // The port stays taken, so that no other test's server can listen on it.
      server.stopListening()
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.post, server.url(), body: .bytes([1])))
        #expect(error == TransportError(.connectionRefused, .nothingSent, "the connection was refused"))
      }
    }
  }

  @Test func `a name that does not exist is not resolved`() async throws {
    try await withClient { client in
      let error = await client.failure(of: HTTPRequest(.get, "https://\(unresolvableHost)/"))
      #expect(error?.reason == .nameNotResolved)
      #expect(error?.outcome == .nothingSent)
    }
  }

  @Test func `a network without a route is unreachable`() async throws {
    try await withClient({ $0.allowsPlainHTTP = true }) { client in
      // Broadcast: TCP cannot connect to it, on any machine.
      let error = await client.failure(of: HTTPRequest(.get, "http://255.255.255.255/"))
      #expect(error?.reason == .unreachable)
      #expect(error?.outcome == .nothingSent)
    }
  }

  @Test func `a connection that is not accepted in time is given up`() async throws {
    let full = try FullListener()
    try await withClient({ $0.connectTimeLimit = .milliseconds(200) }) { client in
      let error = await client.failure(of: HTTPRequest(.get, full.url))
      #expect(error?.reason == .connectTimedOut)
      #expect(error?.outcome == .nothingSent)
    }
  }

  @Test func `the total limit ends a transfer that goes on and on`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\nab")
      connection.waitForEnd()
    }) { server in
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.get, server.url(), totalTimeLimit: .seconds(3)))
        #expect(error?.reason == .timedOut)
        #expect(error?.outcome == .answered(status: 200))
      }
    }
  }

  @Test func `a transfer without progress is stalled`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      connection.waitForEnd()
    }) { server in
      try await withClient({ $0.stallTimeLimit = .seconds(3) }) { client in
        let error = await client.failure(of: HTTPRequest(.post, server.url(), body: .bytes([1]), totalTimeLimit: nil))
        #expect(error?.reason == .stalled)
        #expect(error?.outcome == .unknown)
      }
    }
  }

  @Test func `a server that stops reading a body stalls it`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readHead()
      connection.waitForEnd()
    }) { server in
      try await withClient({ $0.stallTimeLimit = .seconds(3) }) { client in
        let body = HTTPRequest.Body.bytes([UInt8](repeating: 0, count: 32 << 20))
        let error = await client.failure(of: HTTPRequest(.post, server.url(), body: body, totalTimeLimit: nil))
        #expect(error?.reason == .stalled)
        #expect(error?.outcome == .unknown)
      }
    }
  }

  @Test func `a reset while waiting for the answer loses the connection with unknown outcome`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      connection.reset()
    }) { server in
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.post, server.url(), body: .bytes([1])))
        #expect(error?.reason == .connectionLost)
        #expect(error?.outcome == .unknown)
      }
    }
  }

  @Test func `what was sent on a kept connection counts though the fresh one was refused`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.answer(200)
      _ = try connection.readRequest()
      connection.stopListening()
      connection.close()
    }) { server in
      try await withClient { client in
        _ = try await client.perform(HTTPRequest(.get, server.url()))
        let error = await client.failure(of: HTTPRequest(.post, server.url(), body: .bytes([1])))
        #expect(error?.reason == .connectionRefused)
        #expect(error?.outcome == .unknown)
        #expect(server.requests.count == 2)
      }
    }
  }

  @Test func `an answer in clear to a TLS greeting is a failure of TLS`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.read(5)
      try connection.send("HTTP/1.1 400 Bad Request\r\n\r\n")
      connection.waitForEnd()
    }) { server in
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
        #expect(error?.reason == .tls)
        #expect(error?.outcome == .nothingSent)
      }
    }
  }

  @Test(arguments: [true, false])
  func `a TLS greeting cut off is a lost connection`(_ byReset: Bool) async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.read(5)
      if byReset { connection.reset() }
    }) { server in
      try await withClient { client in
        let error = await client.failure(of: HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
        #expect(error?.reason == .connectionLost)
        #expect(error?.outcome == .nothingSent)
      }
    }
  }

  @Test func `certificates that cannot be read are a failure of TLS`() async throws {
    try await ScriptedServer.withRunning({ $0.waitForEnd() }) { server in
      try await withClient({ $0.certificateAuthorities = "/no/such/file.pem" }) { client in
        let error = await client.failure(of: HTTPRequest(.get, "https://127.0.0.1:\(server.port)/"))
        #expect(error?.reason == .tls)
      }
    }
  }

  @Test func `messages tell neither URL nor header nor body`() async throws {
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
    }) { server in
      try await withClient { client in
        let urls = [
          server.url("/secret"), "https://secret.invalid/", "http://secret.example/", "secret", "https://secret@a/",
        ]
        for url in urls {
          let headers = [HTTPField("Authorization", "secret")]
          let error = await client.failure(
            of: HTTPRequest(.post, url, headers: headers, body: .bytes(Array("secret".utf8))))
          #expect(error.map { !String(describing: $0).contains("secret") } == true)
        }
      }
    }
  }
}

/// A listening socket whose queue is full: it accepts nobody and the kernel drops whoever knocks.
private struct FullListener: ~Copyable {
  private let listener: Int32
  private var knocking: [Int32] = []
  let url: String

  init() throws {
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    knocking = withUnsafeMutablePointer(to: &address) { [listener] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        _ = bind(listener, address, length)
        _ = listen(listener, 0)
        _ = getsockname(listener, address, &length)
        return (0..<4).map { _ in
          let descriptor = socket(
            AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
          _ = connect(descriptor, address, length)
          return descriptor
        }
      }
    }
    // There is room for one. A busy kernel would else let the test's own connection in before these.
    var entries = knocking.map { pollfd(fd: $0, events: Int16(POLLOUT), revents: 0) }
    guard poll(&entries, nfds_t(entries.count), 60_000) > 0 else { throw ScriptedServer.SocketFailed("connect") }
    url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
  }

  deinit {
    for descriptor in knocking { close(descriptor) }
    close(listener)
  }
}
