import StandIn
import StorageEngine
import StorageModel
import StorageRunning
import TestSupport
import Testing

@Suite(.standIn(per: .test)) struct StopTests {
  @Test(arguments: [1, 10, 40])
  func `a stop in the middle loses nothing and sends nothing twice`(_ moment: Int) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<120)
    let stop = StopSignal()
    let settled = Count()
    var interposer = Interposer()
    interposer.afterUploads = { count in
      if settled.add(count) >= moment { stop.raise() }
    }
    fixture.project.forgetRequests()

    let (summary, files) = try await fixture.migrate(stop: stop, through: interposer)

    #expect(summary.endedBy?.code == .interrupted)
    #expect(summary.failures.isEmpty)
    let stored = files.count { $0.status == .stored }
    #expect(stored >= moment && stored < 120)
    #expect(Array(try fixture.counts().dropFirst()) == [stored, stored])

    let (rest, _) = try await fixture.migrate()

    #expect(rest.scanned == 120 && rest.failures.isEmpty && rest.endedBy == nil)
    #expect(rest.counts[.unchanged] == stored)
    #expect(try fixture.counts() == [120, 120, 120])
    // Each content reached the service once.
    let stores = fixture.project.requests().filter {
      $0.method == "POST" && $0.target.hasPrefix("/storage/v1/object/user-files/") && $0.status == 200
    }
    #expect(stores.count == 120)
  }

  @Test func `a cancelled task ends its run as a stop does`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<120)
    let (moments, moment) = AsyncStream.makeStream(of: Void.self)
    var interposer = Interposer()
    interposer.afterUploads = { _ in moment.yield() }

    let summary = try await withThrowingTaskGroup(of: MigrationSummary.self) { [interposer] group in
      group.addTask { try await fixture.migrate(through: interposer).summary }
      for await _ in moments { break }
      group.cancelAll()
      return try await group.next()
    }

    #expect(summary?.endedBy?.code == .interrupted)
    #expect(try await fixture.migrate().summary.scanned == 120)
    #expect(try fixture.counts() == [120, 120, 120])
  }

  @Test func `a stop before the start stores nothing`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<3)
    let stop = StopSignal()
    stop.raise()

    let (summary, _) = try await fixture.migrate(stop: stop)

    #expect(summary.endedBy?.code == .interrupted)
    #expect(summary.scanned == 0)
    #expect(try fixture.counts() == [0, 0, 0])
  }

  @Test func `a stop while the service is away ends the waiting`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<20)
    var fault = Fault(.status, on: Disturbance.upload, count: 0)
    fault.status = 503
    fault.headers = ["Retry-After": "100"]
    fixture.project.add(fault)
    let stop = StopSignal()
    var interposer = Interposer()
    interposer.afterUploads = { _ in stop.raise() }

    let (summary, _) = try await fixture.migrate(stop: stop, through: interposer)

    #expect(summary.endedBy?.code == .interrupted)
    #expect(fixture.clock.waited == .zero)
  }
}
