import StandIn
import StorageEngine
import StorageModel
import TestSupport
import Testing

/// How many requests uploads of several files cost.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct UploadRequestTests {
  private func upload(
    _ fixture: MigrationFixture, _ numbers: Range<Int>, in conversation: String? = "c1"
  ) async throws -> MigrationSummary {
    var options = UploadOptions()
    options.continuationID = conversation
    let sources = numbers.map { UploadSource.file(LocalPath(checked: Array(fixture.tree["f\($0).txt"].utf8))) }
    fixture.project.forgetRequests()
    let summary = try await fixture.open { open in await open.upload(sources, options) { _ in } }
    #expect(summary.requestCount == fixture.project.requestCount)
    #expect(summary.endedBy == nil && summary.scanned == numbers.count)
    return summary
  }

  @Test(arguments: [1, 2, 3, 8, 200, 241, 500])
  func `N files of a conversation cost at most 7 + N, and few when all is there`(_ count: Int) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<(2 * count))
    let new = try await upload(fixture, 0..<count)
    #expect(new.counts == [.stored: count] && new.requestCount <= count + 7, "\(new.requestCount)")
    let further = try await upload(fixture, count..<(2 * count))
    #expect(further.counts == [.stored: count] && further.requestCount <= count + 7, "\(further.requestCount)")
    let unchanged = try await upload(fixture, 0..<count)
    #expect(unchanged.counts == [.unchanged: count] && fixture.uploadCount() == 0)
    #expect(unchanged.requestCount <= min(10, 7 + count), "\(unchanged.requestCount)")
    let unfiled = try await upload(fixture, 0..<count, in: nil)
    #expect(unfiled.counts == [.stored: count] && unfiled.requestCount <= count + 7, "\(unfiled.requestCount)")
    #expect(try fixture.counts() == [3 * count, 3 * count, 2 * count])
  }

  @Test func `a conversation of thousands of files is not listed for the sake of a few`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<8)
    _ = try await upload(fixture, 0..<4)
    try fixture.project.query(
      """
      insert into files (storage_path, original_name, metadata)
      select 'uploads/c1/d/' || n, 'n' || n, '{}' from generate_series(1, 5000) n
      """)
    try fixture.project.query(
      """
      insert into conversation_files (conversation_id, file_id)
      select (select id from conversations), id from files on conflict do nothing
      """)
    let summary = try await upload(fixture, 0..<8)
    #expect(summary.counts == [.stored: 4, .unchanged: 4] && summary.requestCount <= 15, "\(summary.requestCount)")
  }

  @Test func `more files than a window cost little more than themselves`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1200)
    let stored = try await upload(fixture, 0..<1200)
    #expect(
      stored.counts == [.stored: 1200] && Double(stored.requestCount) <= 1200 * 1.01 + 10, "\(stored.requestCount)")
    let unchanged = try await upload(fixture, 0..<1200)
    #expect(unchanged.counts == [.unchanged: 1200] && unchanged.requestCount <= 12, "\(unchanged.requestCount)")
    #expect(try fixture.counts() == [1200, 1200, 1200])
  }
}
