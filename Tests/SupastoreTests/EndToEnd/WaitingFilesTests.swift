import TestSupport
import Testing

/// Files that wait in the local store are wanted: cleanups spare them, and deletions take only what is meant.
@Suite(.standIn(per: .test), .timeLimit(.minutes(3))) struct WaitingFilesTests {
  private let fixture: SyncFixture
  private var supastore: Supastore { fixture.supastore }
  private var local: Supastore { supastore.with(["SUPASTORE_MODE": "local"]) }

  init() async throws {
    fixture = try SyncFixture()
    try await supastore.setUp()
    try await supastore.installSchema()
  }

  /// Stores a file while Supabase is down.
  private func queue(_ name: String, _ arguments: String..., project: String? = nil) async throws -> String {
    let path = try fixture.tree.write("content of \(name)".utf8, to: name)
    let asking = project.map { supastore.with(["SUPABASE_URL": $0]) } ?? supastore
    let run = try await fixture.whileDown { try await asking.run(["upload", "--json", path] + arguments) }
    try #require(run.exitStatus == 9, "\(run.errors)")
    return try #require(try run.documents("file").first?["id"]?.string)
  }

  @Test func `what could not be deleted at Supabase still waits, and what was is told`() async throws {
    let waiting = try await queue("waiting", "--conversation", "c")
    let other = supastore.with(["SUPASTORE_STATE_DIR": fixture.tree["other"]])
    #expect(try await other("upload", fixture.tree["waiting"], "--conversation", "c").exitStatus == 0)
    #expect(try await supastore("test-connection").exitStatus == 0)
    try supastore.seed(500, "many", linkedTo: ["c"])
    var fault = StandInInstance.Fault(.status, on: "POST /rest/v1/rpc/supastore_trash_files", nth: 2)
    (fault.status, fault.body) = (400, #"{"code": "22000", "message": "refused"}"#)
    fixture.project.add(fault)
    let paths = (1...500).map { "uploads/seed/many-\($0)" }
    let run = try await supastore.run(["delete", "--yes", "--json"] + paths + [waiting])
    #expect(run.exitStatus == 3, "\(run.errors)")
    #expect(try run.ids(.trashed).count == 500 && run.ids(.failed) == [waiting])
    #expect(try await fixture.sync("--dry-run").item(waiting)?["status"] == "waiting")
  }

  @Test func `a cleanup of the local store leaves what waits for a project`() async throws {
    let waiting = try await queue("waiting")
    let own = try await fixture.store("own")
    _ = try await fixture.store("linked", nil, ["--conversation", "c"])
    let cleanup = try await local("cleanup", "--apply", "--grace", "0s", "--max-delete-percent", "100", "--json")
    #expect(try cleanup.exitStatus == 0 && cleanup.ids(.trashed) == [own], "\(cleanup.output)\(cleanup.errors)")
    #expect(try await local("info", waiting).exitStatus == 0)
  }

  @Test func `deleting a conversation takes what waits for this project, says so, and leaves the rest`() async throws {
    let here = try await queue("here", "--conversation", "c")
    let elsewhere = try await queue("elsewhere", "--conversation", "c", project: "http://127.0.0.1:1")
    #expect(try await supastore("test-connection").exitStatus == 0)
    let unasked = try await supastore("conversation", "delete", "c")
    #expect(unasked.exitStatus == 2, "\(unasked.errors)")
    let dry = try await supastore("conversation", "delete", "--dry-run", "--json", "c")
    #expect(try dry.documents("removal").compactMap { $0["id"]?.string } == [here], "\(dry.output)")
    let run = try await supastore("conversation", "delete", "--yes", "--json", "c")
    #expect(try run.exitStatus == 0 && run.ids(.trashed) == [here], "\(run.output)\(run.errors)")
    #expect(try await supastore("sync").exitStatus == 0)
    #expect(try supastore.counts().rows == 0)
    #expect(try await local("info", elsewhere).exitStatus == 0)
    let again = try await supastore("conversation", "delete", "--dry-run", "--json", "c")
    #expect(try again.documents.last?["status"] == "already_absent")
  }
}
