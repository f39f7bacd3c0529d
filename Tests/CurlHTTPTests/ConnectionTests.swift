import CurlHTTP
import Dispatch
import Synchronization
import Testing

/// How connections are kept and bounded.
@Suite(.timeLimit(.minutes(5))) struct ConnectionTests {
  @Test func `requests one after another share a connection`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        for _ in 1...20 { _ = try await client.perform(HTTPRequest(.get, server.url())) }
      }
      #expect(server.acceptedCount == 1)
    }
  }

  @Test func `as many connections are open as allowed and no more`() async throws {
    // Nobody is answered before the limit of requests has come, so fewer connections would hang.
    let gate = Gate(3)
    try await ScriptedServer.withRunning({ connection in
      while true {
        _ = try connection.readRequest()
        gate.pass()
        try connection.answer(200)
      }
    }) { server in
      try await withClient({ $0.connectionLimit = 3 }) { client in
        try await withThrowingTaskGroup(of: Int.self) { group in
          for _ in 1...30 { group.addTask { try await client.perform(HTTPRequest(.get, server.url())).status } }
          for try await status in group { #expect(status == 200) }
        }
      }
      #expect(server.mostOpenAtOnce == 3)
      #expect(server.requests.count == 30)
    }
  }

  @Test func `connections to one host make room for another`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll("a") }) { first in
      try await ScriptedServer.withRunning({ try $0.answerAll("b") }) { second in
        try await withClient({ $0.connectionLimit = 1 }) { client in
          for _ in 1...3 {
            try await client.expect("a", from: HTTPRequest(.get, first.url()))
            try await client.expect("b", from: HTTPRequest(.get, second.url()))
          }
        }
        #expect(first.acceptedCount == 3)
        #expect(second.acceptedCount == 3)
      }
    }
  }
}

/// Lets nobody pass until so many have come.
final class Gate: Sendable {
  private let missing: Mutex<Int>
  private let opened = DispatchGroup()

  init(_ count: Int) {
    missing = Mutex(count)
    opened.enter()
  }

  func pass() {
    let isLast = missing.withLock { missing in
      missing -= 1
      return missing == 0
    }
    if isLast { opened.leave() }
    opened.wait()
  }
}
