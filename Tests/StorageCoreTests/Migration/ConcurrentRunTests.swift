import StorageCore
import StorageEngine
import Testing

@testable import TestSupport

@Suite(.standIn(per: .test)) struct ConcurrentRunTests {
  @Test func `two migrations of one tree at the same moment store everything once`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<80)
    let other = try TestSupport.TemporaryDirectory()

    async let left = fixture.migrate()
    async let right = fixture.migrate(state: other)

    for (summary, _) in try await [left, right] {
      #expect(summary.endedBy == nil)
      #expect(summary.failures.isEmpty)
      #expect(summary.scanned == 80)
    }
    #expect(try fixture.counts() == [80, 80, 80])
    #expect(try fixture.project.query("select count(*) from conversations") == [["1"]])
    #expect(try await fixture.migrate().summary.counts == [.unchanged: 80])
  }

  @Test func `a journal says nothing about another project`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<6)
    _ = try await fixture.migrate()

    let other = try await onOwnThread { try StandInInstance.start(etags: .md5, ownsCluster: false, schemaFile: nil) }
    defer { other.stop() }
    try await fixture.open(url: other.url, key: other.serviceKey) { open in
      _ = try await open.setUpBuckets(creating: true)
    }
    let (summary, _) = try await fixture.migrate(url: other.url, key: other.serviceKey)

    #expect(summary.counts == [.stored: 6])
    #expect(try other.query("select count(*) from storage.objects") == [["6"]])
  }
}
