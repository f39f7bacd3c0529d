import Glibc
import TestSupport
import Testing

/// Services that go away, signals, several at once: nothing is lost, nothing is there twice.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SyncDisturbanceTests {
  private typealias Fault = StandInInstance.Fault

  private static let uploads = "POST /storage/v1/object/user-files/*"
  private let fixture: SyncFixture

  init() throws {
    fixture = try SyncFixture()
  }

  private var project: StandInInstance { fixture.project }

  @Test(arguments: [(Int32(503), 9, "unreachable"), (401, 5, "denied")])
  func `a service that is down, or refuses the key, leaves everything waiting`(
    _ status: Int32, _ exitStatus: Int, _ code: String
  ) async throws {
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<5)
    project.add(Fault.failing(Int(status), on: "*"))
    let run = try await fixture.sync()
    #expect(Int(run.exitStatus) == exitStatus, "\(run.errors)")
    let summary = try run.summary
    #expect(summary["error"]?["code"]?.string == code && summary["sent"] == 0)
    #expect(summary["waiting"] == 6 && summary["parked"] == 0)
    project.removeFaults()
    try await fixture.syncAll()
    #expect(try fixture.supastore.counts() == StoredCounts(each: 5))
  }

  @Test func `a key of another role is refused before anything is asked`() async throws {
    try await fixture.storeFiles(0..<1)
    let run = try await fixture.supastore.with(["SUPABASE_SERVICE_ROLE_KEY": project.anonKey])("sync", "--json")
    #expect(try run.exitStatus == 5 && run.error?["code"] == "denied")
    #expect(project.requestCount == 0)
    #expect(try await fixture.sync("--dry-run").summary["parked"] == 0)
  }

  @Test(arguments: [
    "GET /storage/v1/bucket/*", "POST /storage/v1/object/user-files/*", "POST /rest/v1/files*",
    "POST /rest/v1/conversation_files*", "POST /rest/v1/conversations*",
  ])
  func `wherever the service goes away in a pass, the next one completes it`(_ route: String) async throws {
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<20)
    let id = try await fixture.store("linked", nil, "--conversation", "many")
    #expect(try await fixture.local("link", "--conversation", "late", id).exitStatus == 0)
    var fault = Fault.failing(503, on: route)
    fault.nth = route == Self.uploads ? 10 : 1
    project.add(fault)
    let run = try await fixture.sync()
    #expect(run.exitStatus == 9, "\(run.output)\(run.errors)")
    #expect(try run.summary["parked"] == 0 && (run.summary["waiting"]?.int ?? 0) > 0)
    // It comes back in the middle of the next one.
    project.removeFaults()
    fault.nth = 1
    fault.count = 2
    project.add(fault)
    try await fixture.syncAll()
    #expect(try fixture.supastore.counts().rows == 21)
    #expect(try fixture.supastore.counts().objects == 21 && fixture.supastore.counts().links == 22)
  }

  @Test func `one sync runs at a time, and the other one names it`() async throws {
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<3)
    project.add(Fault(.stall, on: Self.uploads, count: 0))
    let program = try fixture.supastore.start("sync", "--json")
    await project.wait(on: Self.uploads)
    let other = try await fixture.sync()
    #expect(try other.exitStatus == 11 && other.error?["code"] == "locked" && other.output == "")
    #expect(other.errors.contains("\(program.id)"))
    // Looking needs no lock, nor does storing.
    #expect(try await fixture.sync("--dry-run").summary["waiting"] == 3)
    let late = try await fixture.store("late", nil, "--conversation", "many")
    program.send(SIGINT)
    let run = Run(await program.outcome)
    #expect(run.exitStatus == 130, "\(run.errors)")
    #expect(try run.summary["error"]?["code"] == "interrupted" && run.summary["parked"] == 0)
    project.removeFaults()
    let last = try await fixture.sync()
    #expect(try last.exitStatus == 0 && last.item(late)?["status"] == "sent")
    #expect(try fixture.supastore.counts() == StoredCounts(each: 4))
  }

  @Test func `interrupted in the middle it tells the truth, and the next one does the rest`() async throws {
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<60)
    project.add(Fault(.stall, on: Self.uploads, nth: 31, count: 0))
    let program = try fixture.supastore.start("sync", "--json", "--jobs", "4")
    await project.wait(for: 31, on: Self.uploads)
    program.send(SIGTERM)
    let run = Run(await program.outcome)
    #expect(run.exitStatus == 143)
    let sent = try run.documents("item").filter { $0["kind"] == "file" && $0["status"] == "sent" }.count
    #expect(try run.summary["waiting"]?.int == 60 - sent && run.summary["parked"] == 0)
    project.removeFaults()
    let last = try await fixture.sync()
    #expect(last.exitStatus == 0)
    #expect(try last.documents("item").filter { $0["kind"] == "file" }.count == 60 - sent)
    #expect(try fixture.supastore.counts() == StoredCounts(each: 60))
  }

  @Test func `killed at any moment, the next one completes and stores everything once`() async throws {
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<30)
    let id = try await fixture.store("linked")
    #expect(try await fixture.local("link", "--conversation", "many", id).exitStatus == 0)
    for moment in [1, 2, 3, 4, 5, 6, 8, 12, 20, 30, 34, 36, 37, 38] { try await killAfter(requests: moment) }
    try await fixture.syncAll()
    #expect(try fixture.supastore.counts() == StoredCounts(each: 31))
    #expect(try project.query("select from conversations").count == 1)
    #expect(try await fixture.sync().summary["sent"] == 0)
  }

  /// Starts a sync and kills it when the project has seen that many requests, unless it ends before.
  private func killAfter(requests count: Int) async throws {
    project.forgetRequests()
    let program = try fixture.supastore.start("sync", "--quiet")
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await project.wait(for: count, on: "*") }
      group.addTask { _ = await program.outcome }
      await group.next()
      program.send(SIGKILL)
      group.cancelAll()
    }
    #expect([0, 128 + SIGKILL].contains(await program.outcome.exitStatus))
  }

  @Test func `a watching one sends what comes, and ends on a signal`() async throws {
    try await fixture.supastore.setUp()
    project.forgetRequests()
    let program = try fixture.supastore.start("sync", "--watch", "--json")
    // It starts before there is a local store, and before anything waits again.
    for number in 1...2 {
      try await fixture.storeFiles(0..<(3 * number))
      await project.wait(for: 3 * number, on: Self.uploads)
      await project.wait(for: number, on: "POST /rest/v1/conversation_files*")
    }
    program.send(SIGTERM)
    let run = Run(await program.outcome)
    #expect(run.exitStatus == 143, "\(run.errors)")
    try await fixture.syncAll()
    #expect(try fixture.supastore.counts() == StoredCounts(each: 6))
  }

  @Test func `a watching one outlasts an outage`() async throws {
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<3)
    project.add(Fault.failing(503, on: Self.uploads))
    let program = try fixture.supastore.with(["STORAGECORE_HASTE": nil]).start("sync", "--watch", "--json")
    await project.wait(for: 3, on: Self.uploads)
    #expect(try await fixture.sync().exitStatus == 11)
    project.removeFaults()
    await project.wait(on: "POST /rest/v1/conversation_files*")
    program.send(SIGTERM)
    let run = Run(await program.outcome)
    #expect(run.exitStatus == 143, "\(run.errors)")
    try await fixture.syncAll()
    #expect(try fixture.supastore.counts() == StoredCounts(each: 3))
  }
}
