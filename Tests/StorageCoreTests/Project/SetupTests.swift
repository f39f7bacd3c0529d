import StandIn
import StorageCore
import StorageModel
import TestSupport
import Testing

@Suite(.standIn(per: .test)) struct SetupTests {
  @Test func `missing buckets are made once, with their limits`() async throws {
    let fixture = try MigrationFixture()
    for (creating, finding) in [(false, BucketState.Finding.missing), (true, .created), (true, .present)] {
      let states = try await fixture.open { try await $0.setUpBuckets(creating: creating) }
      #expect(states.map(\.finding) == [finding, finding])
    }
    let buckets = try fixture.project.query("select id, public, file_size_limit from storage.buckets order by id")
    #expect(buckets == [["generated-files", "f", "10485760"], ["user-files", "f", "52428800"]])
  }

  @Test func `settings that differ are shown and left alone`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.project.query("update storage.buckets set public = true, file_size_limit = 5 where id = 'user-files'")
    let states = try await fixture.open { try await $0.setUpBuckets(creating: true) }
    #expect(states.map(\.finding) == [.different, .present])
    #expect(states[0].actual == StoredBucket(name: "user-files", isPublic: true, byteLimit: 5))
    #expect(try fixture.project.query("select file_size_limit from storage.buckets where public") == [["5"]])
  }

  @Test func `a bucket whose making was not answered counts as made`() async throws {
    let fixture = try MigrationFixture()
    fixture.project.add(Fault(.dropAnswer, on: "POST /storage/v1/bucket"))
    let states = try await fixture.open { try await $0.setUpBuckets(creating: true) }
    #expect(states.map(\.finding) == [.created, .created])
  }
}
