import StorageEngine
import StorageModel
import TestSupport
import Testing

@Suite(.standIn(per: .test)) struct MigrationPlanTests {
  @Test(arguments: [1, 2, 3, 40])
  func `a plan of a new tree is what the run then does`(_ count: Int) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<count)
    fixture.project.forgetRequests()

    let plan = try await fixture.plan()

    #expect(fixture.project.requests().allSatisfy { $0.method == "GET" || $0.target.contains("list-v2") })
    #expect(try fixture.counts() == [0, 0, 0])
    #expect(try fixture.project.query("select count(*) from conversations") == [["0"]])
    #expect(plan.sendCount == count)
    try await check(plan, fixture)
  }

  @Test func `a plan of a tree that is partly stored is what the run then does`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<12)
    _ = try await fixture.migrate()
    try fixture.writeFiles(12..<16)
    try fixture.removeObjects(like: "%/f3.%")
    try fixture.project.query("delete from files where original_name = 'f4.txt'")
    try fixture.project.query(
      "delete from conversation_files where file_id = (select id from files where original_name = 'f5.txt')")

    let plan = try await fixture.plan()

    #expect(plan.fileCount == 16)
    #expect(plan.unchangedCount == 9)
    #expect(plan.sendCount == 5)
    try await check(plan, fixture)
    try await check(try await fixture.plan(), fixture)
  }

  @Test func `a plan names what would be refused`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.project.query("update storage.buckets set file_size_limit = 100")
    try fixture.tree.write(noise(101), to: "large.bin")
    try fixture.tree.write(noise(100), to: "fits.bin")

    let plan = try await fixture.plan()

    #expect(plan.fileCount == 1)
    #expect(plan.refusals.map(\.originalName) == ["large.bin"])
    #expect(plan.refusals.map { $0.error?.code } == [.tooLarge])
  }

  private func check(_ plan: MigrationPlan, _ fixture: MigrationFixture) async throws {
    fixture.project.forgetRequests()
    let (summary, _) = try await fixture.migrate()
    #expect(fixture.uploadCount() == plan.sendCount)
    #expect(summary.sentByteCount == plan.sendByteCount)
    #expect(summary.counts[.unchanged] ?? 0 == plan.unchangedCount)
    #expect(summary.scanned == plan.fileCount)
    #expect(summary.requestCount == plan.requestCount)
    #expect(summary.requestCount == fixture.project.requestCount)
  }

  @Test func `2500 files cost few requests beside their uploads`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    for number in 0..<2500 { try fixture.tree.write("\(number)".utf8, to: "d\(number % 50)/f\(number).txt") }
    fixture.project.forgetRequests()

    let (summary, _) = try await fixture.migrate()

    #expect(summary.counts == [.stored: 2500])
    #expect(try fixture.counts() == [2500, 2500, 2500])
    #expect(fixture.project.requestCount <= 2500 + 25 + 10)
    fixture.project.forgetRequests()
    #expect(try await fixture.migrate().summary.counts == [.unchanged: 2500])
    #expect(fixture.project.requestCount <= 12)
  }

  @Test func `files added to a conversation that exists cost no more than 7 requests besides`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1)
    _ = try await fixture.migrate()
    try fixture.writeFiles(1..<30)
    fixture.project.forgetRequests()

    let (summary, _) = try await fixture.migrate()

    #expect(summary.counts == [.stored: 29, .unchanged: 1])
    #expect(fixture.project.requestCount <= 30 + 7)
  }
}
