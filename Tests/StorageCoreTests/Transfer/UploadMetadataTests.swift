import StandIn
import StorageFormats
import StorageModel
import Synchronization
import TestSupport
import Testing

@testable import StorageEngine

/// Metadata that several hands change.
@Suite(.standIn(per: .test)) struct UploadMetadataTests {
  private func upload(
    _ fixture: MigrationFixture, _ metadata: [String: String], through interposer: Interposer = Interposer()
  ) async throws -> FileOutcome {
    var options = UploadOptions()
    options.continuationID = "c1"
    options.metadata = metadata
    return try await fixture.open { open in
      try await interposer.between(open).upload(
        .file(LocalPath(checked: Array(fixture.tree["f0.txt"].utf8))), options)
    }
  }

  private func metadata(_ fixture: MigrationFixture, _ keys: String...) throws -> [String?] {
    try keys.map { try fixture.project.query("select metadata->>$1 from files", $0)[0][0] }
  }

  @Test func `changes that come between are kept, however many`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1)
    _ = try await upload(fixture, ["mine": "1"])
    let rounds = Mutex(0)
    var interposer = Interposer()
    interposer.beforeMetadataUpdate = {
      let round = rounds.withLock { rounds in
        rounds += 1
        return rounds
      }
      guard round <= 20 else { return }
      try fixture.project.query(
        "update files set metadata = metadata || jsonb_build_object('theirs', $1::text)", "\(round)")
    }
    let outcome = try await upload(fixture, ["mine": "2"], through: interposer)
    #expect(outcome.status == .unchanged && outcome.updatedKeys == ["mine"])
    #expect(try metadata(fixture, "mine", "theirs") == ["2", "20"])
    #expect(rounds.withLock { $0 } == 21)
  }

  @Test func `one who never stops changing is told, not overwritten`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1)
    _ = try await upload(fixture, [:])
    var interposer = Interposer()
    interposer.beforeMetadataUpdate = {
      try fixture.project.query("update files set metadata = metadata || jsonb_build_object('theirs', random())")
    }
    let outcome = try await upload(fixture, ["mine": "1"], through: interposer)
    #expect(outcome.status == .failed && outcome.error?.code == .conflict && outcome.error?.isRetryable == true)
    #expect(try metadata(fixture, "mine") == [nil])
  }

  @Test func `a change whose answer was lost counts as made`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1)
    _ = try await upload(fixture, [:])
    fixture.project.add(Fault(.dropAnswer, on: "PATCH /rest/v1/files"))
    let outcome = try await upload(fixture, ["mine": "1"])
    #expect(outcome.status == .unchanged && outcome.updatedKeys == ["mine"])
    #expect(try metadata(fixture, "mine") == ["1"])
  }

  @Test func `a column too large to be compared is left alone, and told`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1)
    _ = try await upload(fixture, [:])
    try fixture.project.query("update files set metadata = metadata || jsonb_build_object('text', repeat('x', 20000))")
    let outcome = try await upload(fixture, ["mine": "1"])
    #expect(outcome.status == .failed && outcome.error?.code == .rejected)
    #expect(outcome.error?.hint?.contains("too long") == true)
    #expect(try metadata(fixture, "mine") == [nil] && fixture.counts() == [1, 1, 1])
    #expect(try await upload(fixture, [:]).status == .unchanged)
  }

  @Test func `a row that was made meanwhile gets the keys as well`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<1)
    let interposer = Interposer(beforeInsert: { [fixture] in
      try fixture.project.query(
        """
        insert into files (id, storage_path, original_name, metadata)
        select (metadata->>'x')::uuid, name, 'f0.txt', '{"theirs":"1"}'
        from (select name, jsonb_build_object('x', user_metadata->>'supastore') metadata from storage.objects) o
        """)
    })
    let outcome = try await upload(fixture, ["mine": "1"], through: interposer)
    #expect(outcome.status == .stored && outcome.updatedKeys == ["mine"], "\(String(describing: outcome.error))")
    #expect(try metadata(fixture, "mine", "theirs") == ["1", "1"])
  }

  @Test(arguments: [
    (nil, nil, nil), (nil, "2030-01-01T00:00:00Z", nil), ("2030-01-01T00:00:00Z", nil, nil),
    ("2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z"),
    ("2031-01-01T00:00:00+01:00", "2030-12-31T23:00:00Z", "2031-01-01T00:00:00+01:00"),
    ("soon", "2031-01-01T00:00:00Z", nil),
  ])
  func `the later expiry holds`(_ stored: String?, _ new: String?, _ result: String?) {
    let change = MetadataChange(members: ["a": .string("1")], expiresAt: new)
    let before = FileMetadata(sha256: "x", expiresAt: stored, other: ["b": .integer(2)])
    let after = change.applied(to: before)
    #expect(after == FileMetadata(sha256: "x", expiresAt: result, other: ["a": .string("1"), "b": .integer(2)]))
    #expect(after.keys(differingFrom: before) == (stored == result ? ["a"] : ["a", "expires_at"]))
  }
}
