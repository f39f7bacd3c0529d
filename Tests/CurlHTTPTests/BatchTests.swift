import CurlHTTP
import Dispatch
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(5))) struct BatchTests {
  @Test func `a thousand small uploads settle each once, at most eight at a time`() async throws {
    let inFlight = Mutex((now: 0, most: 0))
    try await ScriptedServer.withRunning({ connection in
      while true {
        let request = try connection.readRequest()
        inFlight.withLock { count in
          count.now += 1
          count.most = max(count.most, count.now)
        }
        inFlight.withLock { $0.now -= 1 }
        try connection.answer(200, [], request.target)
      }
    }) { server in
      try await withClient { client in
        let batch = client.batch(of: Int.self, limit: 8)
        var seen: Set<Int> = []
        for part in stride(from: 0, to: 1000, by: 250) {
          batch.submit(
            (part..<part + 250).map { number in
              (number, HTTPRequest(.post, server.url("/\(number)"), body: .bytes(pattern(number))))
            })
        }
        while case let settled = await batch.settled(atLeast: 4), !settled.isEmpty {
          for (number, outcome) in settled {
            #expect(seen.insert(number).inserted)
            let reply = try outcome.get()
            #expect(reply.body == Array("/\(number)".utf8))
          }
        }
        #expect(seen.count == 1000)
        #expect(client.byteCounts.sent == (0..<1000).reduce(0, +))
        #expect(client.byteCounts.received == (0..<1000).reduce(0) { $0 + Int64("/\($1)".utf8.count) })
      }
      #expect(inFlight.withLock { $0.most } <= 8)
      #expect(server.acceptedCount <= 8)
      #expect(server.requests.allSatisfy { $0.target == "/\($0.body.count)" && $0.body == pattern($0.body.count) })
    }
  }

  @Test func `jobs start in order`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let batch = client.batch(of: Int.self, limit: 1)
        batch.submit((0..<50).map { ($0, HTTPRequest(.get, server.url("/\($0)"))) })
        #expect(await batch.settled(atLeast: 50).map(\.tag) == Array(0..<50))
      }
      #expect(server.requests.map(\.target) == (0..<50).map { "/\($0)" })
    }
  }

  @Test func `nothing is taken from an empty batch`() async throws {
    try await withClient { client in
      #expect(await client.batch(of: Int.self, limit: 4).settled().isEmpty)
    }
  }

  @Test func `a raised limit starts what waits`() async throws {
    let gate = Gate(6)
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedServer.withRunning({ connection in
      while true {
        _ = try connection.readRequest()
        arrival.yield()
        gate.pass()
        try connection.answer(200)
      }
    }) { server in
      try await withClient { client in
        let batch = client.batch(of: Int.self, limit: 2)
        batch.submit((0..<6).map { ($0, HTTPRequest(.get, server.url())) })
        var arrived = arrivals.makeAsyncIterator()
        for _ in 1...2 { await arrived.next() }
        // Were it not raised, four would never come and the gate would stay shut.
        batch.limit = 6
        #expect(await batch.settled(atLeast: 6).count == 6)
        #expect(batch.limit == 6)
      }
    }
  }

  @Test func `a cancelled batch settles what waits and what is in flight, and can be used again`() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedServer.withRunning({ connection in
      while true {
        let request = try connection.readRequest()
        if request.target == "/silent" {
          arrival.yield()
          connection.waitForEnd()
          return
        }
        try connection.answer(200)
      }
    }) { server in
      try await withClient { client in
        let batch = client.batch(of: Int.self, limit: 2)
        batch.submit((0..<5).map { ($0, HTTPRequest(.get, server.url("/silent"), totalTimeLimit: nil)) })
        var arrived = arrivals.makeAsyncIterator()
        for _ in 1...2 { await arrived.next() }
        batch.cancelAll()
        let settled = await batch.settled(atLeast: 5)
        #expect(Set(settled.map(\.tag)) == Set(0..<5))
        #expect(settled.filter { $0.outcome.failure?.outcome == .unknown }.count == 2)
        #expect(settled.filter { $0.outcome.failure?.outcome == .nothingSent }.count == 3)
        batch.submit([(5, HTTPRequest(.get, server.url("/")))])
        let reply = try await batch.settled().first?.outcome.get()
        #expect(reply?.status == 200)
      }
    }
  }

  @Test func `a cancelled task takes its batch with it`() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      arrival.yield()
      connection.waitForEnd()
    }) { server in
      try await withClient { client in
        let batch = client.batch(of: Int.self, limit: 1)
        batch.submit((0..<3).map { ($0, HTTPRequest(.get, server.url(), totalTimeLimit: nil)) })
        let settled = await withTaskGroup(of: Int.self) { group in
          group.addTask { await batch.settled(atLeast: 3).count }
          for await _ in arrivals { break }
          group.cancelAll()
          return await group.next()
        }
        #expect(settled == 3)
      }
    }
  }

  @Test func `bytes are counted while they go`() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readHead()
      _ = try connection.read(1 << 20)
      arrival.yield()
      connection.waitForEnd()
    }) { server in
      try await withClient { client in
        let batch = client.batch(of: Int.self, limit: 1)
        let body = HTTPRequest.Body.bytes([UInt8](repeating: 1, count: 64 << 20))
        batch.submit([(0, HTTPRequest(.post, server.url(), body: body, totalTimeLimit: nil))])
        for await _ in arrivals { break }
        batch.cancelAll()
        _ = await batch.settled()
        #expect(client.byteCounts.sent >= 1 << 20)
        #expect(client.byteCounts.sent < 64 << 20)
      }
    }
  }
}
