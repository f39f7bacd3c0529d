import TestSupport
import Testing

/// Objects on their way out of the trash, while Storage does not do as it should.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct PurgeTests {
  private typealias Fault = StandInInstance.Fault

  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private func states() throws -> [[String?]] {
    try supastore.project.query("select bucket, state from supastore_trash order by 1")
  }

  /// A file in each bucket, both in the trash for long enough.
  private func prepare() async throws -> (user: String, generated: String) {
    try await supastore.setUpTrash()
    let user = try await supastore.store("user", in: "c")
    let generated = try await supastore.store("generated", in: "c", "--type", "generated")
    try #require(try await supastore("delete", "--yes", user, generated).exitStatus == 0)
    try supastore.ageTrash(by: "31 days")
    return (user, generated)
  }

  @Test func `one that cannot be deleted keeps no other back`() async throws {
    let (user, generated) = try await prepare()
    var fault = Fault(.status, on: "DELETE /storage/v1/object/generated-files", count: 0)
    (fault.status, fault.body) = (200, "[]")
    supastore.project.add(fault)
    let run = try await supastore("cleanup", "--apply", "--json")
    #expect(try run.exitStatus == 3 && run.ids(.purged) == [user] && run.ids(.failed) == [generated], "\(run.output)")
    supastore.expectCounts(run)
    #expect(try states() == [["generated-files", "purging"], ["user-files", "purging"]])
    #expect(try supastore.counts().objects == 1)
  }

  @Test func `a deletion whose answer is lost is ended by the next cleanup, without a second one`() async throws {
    let (user, generated) = try await prepare()
    supastore.project.add(Fault(.dropAnswer, on: "DELETE /storage/v1/object/*", count: 0))
    let run = try await supastore("cleanup", "--apply", "--json")
    #expect(try run.exitStatus != 0 && Set(run.ids(.failed)).isSubset(of: [user, generated]), "\(run.output)")
    supastore.project.removeFaults()
    #expect(try await supastore("test-connection").exitStatus == 0)
    try supastore.ageTrash(by: "61 seconds")
    supastore.project.forgetRequests()
    let deleted = try supastore.counts().objects == 0
    let next = try await supastore("cleanup", "--apply", "--json")
    #expect(try next.exitStatus == 0 && Set(next.ids(.purged)) == [user, generated], "\(next.errors)")
    supastore.expectCounts(next)
    #expect(try supastore.counts().objects == 0)
    if deleted {
      #expect(!supastore.project.requests().contains { $0.method == "DELETE" })
      #expect(try states() == [["generated-files", "purged"], ["user-files", "purged"]])
    }
  }

  @Test func `what is being purged comes back by no restore, and goes with no other conversation`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    var fault = Fault(.status, on: "DELETE /storage/v1/object/*", count: 0)
    (fault.status, fault.body) = (200, "[]")
    supastore.project.add(fault)
    let run = try await supastore("conversation", "delete", "--yes", "--now", "c", "--json")
    #expect(try run.exitStatus == 1 && run.ids(.failed) == [id], "\(run.errors)")
    #expect(try run.documents.last?["status"] == "deleted" && run.documents.last?["files"] == 1)
    #expect(try supastore.counts() == StoredCounts(objects: 1, rows: 0, links: 0, complete: 0))
    let restore = try await supastore("trash", "restore", id, "--json")
    #expect(try restore.exitStatus == 4 && restore.documents("restoration").first?["status"] == "purging")
    supastore.project.removeFaults()
    // Not within the minute; then by whoever asks.
    #expect(try await supastore("trash", "purge", "--yes", id, "--json").paths(.failed).count == 1)
    try supastore.ageTrash(by: "61 seconds")
    #expect(try await supastore("delete", "--yes", "--now", id, "--json").ids(.purged) == [id])
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `what was linked, restored or stored again meanwhile is not purged`() async throws {
    let (user, generated) = try await prepare()
    var delay = Fault(.delay, on: "POST /rest/v1/rpc/supastore_claim_purge")
    delay.milliseconds = 2000
    supastore.project.add(delay)
    supastore.project.forgetRequests()
    let cleanup = try supastore.start("cleanup", "--apply", "--json")
    await supastore.project.wait(for: 5, on: "POST /rest/v1/rpc/supastore_candidates")
    #expect(try await supastore("trash", "restore", generated).exitStatus == 0)
    #expect(try await supastore.store("user", in: "c") == user)
    let run = Run(await cleanup.outcome)
    #expect(run.exitStatus == 0, "\(run.errors)")
    #expect(try run.documents("removal").map { $0["status"] } == ["kept", "kept"])
    #expect(try supastore.counts() == StoredCounts(each: 2) && states() == [])
    #expect(!supastore.project.requests().contains { $0.method == "DELETE" })
    for id in [user, generated] { #expect(try await supastore("download", id, "-o", "-").exitStatus == 0) }
  }
}
