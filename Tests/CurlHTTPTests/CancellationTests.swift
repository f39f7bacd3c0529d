import CurlHTTP
import Testing

/// Every transfer settles exactly once, whoever ends it.
@Suite(.timeLimit(.minutes(5))) struct CancellationTests {
  /// Takes requests, tells that they came, answers none.
  private static func silent(
    _ arrivals: AsyncStream<Void>.Continuation
  ) -> ScriptedServer.Script {
    { connection in
      _ = try connection.readRequest()
      arrivals.yield()
      connection.waitForEnd()
    }
  }

  @Test func `a task cancelled before sends nothing`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let error = await withTaskGroup(of: TransportError?.self) { group in
          group.cancelAll()
          group.addTask { await client.failure(of: HTTPRequest(.get, server.url())) }
          return await group.next() ?? nil
        }
        #expect(error?.reason == .cancelled)
        #expect(error?.outcome == .nothingSent)
        try await client.expect(200, from: HTTPRequest(.get, server.url()))
      }
      #expect(server.requests.count == 1)
    }
  }

  @Test func `a task cancelled while the server is silent ends with unknown outcome`() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedServer.withRunning(Self.silent(arrival)) { server in
      try await withClient { client in
        let error = await withTaskGroup(of: TransportError?.self) { group in
          group.addTask {
            await client.failure(of: HTTPRequest(.post, server.url(), body: .bytes([1]), totalTimeLimit: nil))
          }
          _ = await arrivals.first { true }
          group.cancelAll()
          return await group.next() ?? nil
        }
        #expect(error?.reason == .cancelled)
        #expect(error?.outcome == .unknown)
      }
    }
  }

  @Test func `a task cancelled in the middle of an answer knows its status`() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    let receiver = Receiver(limit: .max, keeps: false)
    try await ScriptedServer.withRunning({ connection in
      _ = try connection.readRequest()
      try connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
      let piece = pattern(1000)
      while true {
        try connection.send(piece)
        arrival.yield()
      }
    }) { server in
      try await withClient { client in
        let error = await withTaskGroup(of: TransportError?.self) { group in
          group.addTask {
            await client.failure(of: HTTPRequest(.get, server.url(), destination: .receiver(receiver)))
          }
          _ = await arrivals.first { _ in client.byteCounts.received > 0 }
          group.cancelAll()
          return await group.next() ?? nil
        }
        #expect(error?.reason == .cancelled)
        #expect(error?.outcome == .answered(status: 200))
      }
    }
  }

  @Test func `a task cancelled after its answer keeps it`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        let status = try await withThrowingTaskGroup(of: Int.self) { group in
          group.addTask { try await client.perform(HTTPRequest(.get, server.url())).status }
          let status = try await group.next()
          group.cancelAll()
          return status
        }
        #expect(status == 200)
      }
    }
  }

  @Test func `transfers cancelled at any moment settle all`() async throws {
    try await ScriptedServer.withRunning({ try $0.answerAll() }) { server in
      try await withClient { client in
        for round in 0..<50 {
          let reasons = await withTaskGroup(of: TransportError?.self) { group in
            for _ in 0..<8 {
              group.addTask { await client.failure(of: HTTPRequest(.put, server.url(), body: .bytes([1]))) }
            }
            for _ in 0..<(round % 8) { _ = await group.next() }
            group.cancelAll()
            return await group.reduce(into: []) { $0.append($1?.reason) }
          }
          #expect(reasons.allSatisfy { $0 == nil || $0 == .cancelled })
        }
      }
    }
  }

  @Test func `the end of the scope cancels what is open and refuses what comes later`() async throws {
    let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)
    try await ScriptedServer.withRunning(Self.silent(arrival)) { server in
      let (client, batch) = try await withClient({ $0.connectionLimit = 2 }) { client in
        let batch = client.batch(of: Int.self, limit: 3)
        let request = HTTPRequest(.get, server.url(), totalTimeLimit: nil)
        batch.submit((0..<6).map { ($0, request) })
        for await _ in arrivals { break }
        return (client, batch)
      }
      // Two were connected, one waited in the loop, three in the batch.
      let settled = await batch.settled(atLeast: 6)
      #expect(settled.count == 6)
      #expect(settled.allSatisfy { $0.outcome.failure?.reason == .cancelled })
      #expect(settled.contains { $0.outcome.failure?.outcome == .unknown })
      #expect(settled.filter { $0.outcome.failure?.outcome == .nothingSent }.count >= 4)

      #expect(await client.failure(of: HTTPRequest(.get, server.url()))?.reason == .cancelled)
      batch.submit((0..<10_000).map { ($0, HTTPRequest(.get, server.url())) })
      #expect(await batch.settled().count == 10_000)
      #expect(await batch.settled().isEmpty)
    }
  }

  @Test func `an error of the body passes through`() async throws {
    struct Failed: Error {}
    await #expect(throws: Failed.self) {
      try await withClient { _ in throw Failed() }
    }
  }
}
