import CurlHTTP
import StandIn
import StorageEngine
import StorageModel
import StorageRunning
import TestSupport
import Testing

@testable import StorageCore

/// Whatever the network or the service does, a file is stored once or said not to be.
@Suite(.standIn(per: .test)) struct DisturbanceTests {
  @Test(arguments: Disturbance.passing)
  func `what passes leaves no trace`(_ disturbance: Disturbance) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<8)
    fixture.project.add(disturbance.fault)

    let (summary, _) = try await fixture.migrate()

    #expect(summary.endedBy == nil)
    #expect(summary.counts == [.stored: 8])
    #expect(try fixture.counts() == [8, 8, 8])
    #expect(try fixture.project.query("select count(*) from conversations") == [["1"]])
    if let seconds = disturbance.fault.headers?["Retry-After"].flatMap(Int64.init) {
      #expect(fixture.clock.waited >= .seconds(seconds))
    }
    fixture.project.forgetRequests()
    let (again, _) = try await fixture.migrate()
    #expect(again.counts == [.unchanged: 8])
    #expect(fixture.uploadCount() == 0)
  }

  @Test func `a content damaged on the way is noticed, replaced and reported`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<8)
    fixture.project.add(Fault(.corrupt, on: Disturbance.upload, nth: 3))

    let (summary, files) = try await fixture.migrate()

    #expect(summary.counts == [.stored: 8])
    #expect(files.compactMap(\.reason) == ["other bytes lay on its path and were replaced"])
    let contents = try await fixture.downloadEverything()
    #expect(Set(contents.values) == Set((0..<8).map { Array("file \($0)".utf8) }))
  }

  @Test func `an upload that stalls is given up and sent again`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<4)
    fixture.project.add(Fault(.stall, on: Disturbance.upload, nth: 2))
    var settings = try fixture.settings()
    settings.transport.stallTimeLimit = .seconds(3)

    let retrier = Retrier(budget: RetryBudget(), clock: fixture.clock)
    let summary = try await OpenProject.withOpen(settings, retrier: retrier) { open in
      await Migration(open, options: .init(), stop: StopSignal()).run(try fixture.roots) { _ in }
    }

    #expect(summary.counts == [.stored: 4])
    #expect(try fixture.counts() == [4, 4, 4])
  }

  @Test(arguments: [401, 403])
  func `a refused key ends the run at once`(_ status: Int) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<150)
    var fault = Fault(.status, on: Disturbance.upload, nth: 20, count: 0)
    fault.status = status
    fixture.project.add(fault)
    fixture.project.forgetRequests()

    let (summary, files) = try await fixture.migrate()

    #expect(summary.endedBy?.code == .denied)
    #expect(fixture.uploadCount() < 100)
    #expect(fixture.clock.waited == .zero)
    // What had been answered before is not lost; what was under way may have arrived unseen.
    let stored = files.count { $0.status == .stored }
    #expect(stored > 0 && stored <= 19)
    #expect(Array(try fixture.counts().dropFirst()) == [stored, stored])
    fixture.project.removeFaults()
    #expect(try await fixture.migrate().summary.counts == [.unchanged: stored, .stored: 150 - stored])
    #expect(try fixture.counts() == [150, 150, 150])
  }

  @Test func `a key refused from the start is not tried on every window`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1100)
    var fault = Fault(.status, on: Disturbance.upload, count: 0)
    fault.status = 403
    fixture.project.add(fault)
    fixture.project.forgetRequests()

    let (summary, _) = try await fixture.migrate()

    #expect(summary.endedBy?.code == .denied)
    #expect(fixture.uploadCount() < 100)
  }

  @Test func `a service that is down ends the run after the retries`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<200)
    var fault = Fault(.status, on: Disturbance.upload, count: 0)
    fault.status = 503
    fixture.project.add(fault)
    fixture.project.forgetRequests()

    let (summary, files) = try await fixture.migrate()

    #expect(summary.endedBy?.code == .unreachable)
    #expect(files.allSatisfy { $0.status == .failed })
    #expect(fixture.uploadCount() < 100)
    #expect(fixture.clock.waited < .seconds(300))
    fixture.project.removeFaults()
    #expect(try await fixture.migrate().summary.counts == [.stored: 200])
  }

  @Test func `a service that is not there ends the run before anything else`() async throws {
    let fixture = try MigrationFixture()
    try fixture.writeFiles(0..<3)

    let (summary, files) = try await fixture.migrate(url: "http://127.0.0.1:1")

    #expect(summary.endedBy?.code == .unreachable)
    #expect(files.isEmpty)
    #expect(summary.requestCount == 6)
  }

  @Test func `a short absence of the service fails no file`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<120)
    fixture.project.add(Fault(.reset, on: Disturbance.upload, nth: 30, count: 20))

    let (summary, _) = try await fixture.migrate()

    #expect(summary.counts == [.stored: 120])
    #expect(try fixture.counts() == [120, 120, 120])
  }

  @Test func `a service that asks for a long wait is taken to be down`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<3)
    var fault = Fault(.status, on: Disturbance.upload, count: 0)
    fault.status = 429
    fault.headers = ["Retry-After": "3600"]
    fixture.project.add(fault)

    let (summary, _) = try await fixture.migrate()

    #expect(summary.endedBy?.code == .unreachable)
    #expect(fixture.clock.waited == .zero)
  }
}
