import FoundationEssentials
import StorageSQLite
import TestSupport
import Testing

@testable import LocalPlace

/// What Supabase refuses for good is parked: visible, in nobody's way, tried again on request.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SyncParkingTests {
  private typealias Fault = StandInInstance.Fault

  private let fixture: SyncFixture

  init() throws {
    fixture = try SyncFixture()
  }

  private var project: StandInInstance { fixture.project }

  private func limit(to byteCount: Int) throws {
    try project.query("update storage.buckets set file_size_limit = \(byteCount) where id = 'user-files'")
  }

  /// Expects that of what waits one file alone is parked.
  private func expectParked(_ id: String, _ code: JSONValue, _ run: Run, exitStatus: Int32 = 3) throws {
    #expect(run.exitStatus == exitStatus, "\(run.output)\(run.errors)")
    let item = try #require(try run.item(id))
    #expect(item["status"] == "parked" && item["error"]?["code"] == code, "\(item)")
    #expect(try run.documents("item").filter { $0["status"] != "sent" }.count == 1)
    #expect(try run.summary["parked"] == 1 && run.summary["waiting"] == 0 && run.summary["error"] == .null)
  }

  @Test func `too large a file is parked, seen, and tried again on request`() async throws {
    try await fixture.supastore.setUp()
    let large = try await fixture.store("large", String(repeating: "x", count: 500), "--conversation", "c")
    _ = try await fixture.store("small", nil, "--conversation", "c")
    try limit(to: 100)
    let run = try await fixture.sync()
    try expectParked(large, "too_large", run)
    #expect(run.errors.contains("1 parked") && run.errors.contains("--retry-parked"))
    #expect(try fixture.supastore.counts() == StoredCounts(each: 1))

    project.forgetRequests()
    let next = try await fixture.sync()
    #expect(try next.exitStatus == 9 && next.summary["sent"] == 0 && next.summary["parked"] == 1)
    #expect(project.requestCount == 0)
    let shown = try await fixture.sync("--dry-run")
    #expect(try shown.exitStatus == 9 && shown.item(large)?["error"]?["code"] == "too_large")
    #expect(try await fixture.supastore("sync", "-n").output.contains("parked file \(large)"))

    // As long as the cause is there.
    try expectParked(large, "too_large", try await fixture.sync("--retry-parked"), exitStatus: 7)
    try limit(to: 1000)
    let last = try await fixture.sync("--retry-parked")
    #expect(try last.exitStatus == 0 && last.summary["parked"] == 0 && last.item(large)?["status"] == "sent")
    #expect(try fixture.supastore.counts() == StoredCounts(each: 2))
  }

  @Test func `a parked file that is stored again while Supabase is down waits again`() async throws {
    try await fixture.supastore.setUp()
    let content = String(repeating: "x", count: 500)
    let id = try await fixture.store("large", content, "--conversation", "c")
    try limit(to: 100)
    try expectParked(id, "too_large", try await fixture.sync())
    project.add(Fault.failing(503, on: "*"))
    let path = fixture.tree["root/large"]
    #expect(try await fixture.supastore("upload", path, "--conversation", "c").exitStatus == 9)
    project.removeFaults()
    let shown = try await fixture.sync("--dry-run")
    #expect(try shown.item(id)?["status"] == "waiting" && shown.summary["parked"] == 0)
    try limit(to: 1000)
    try await fixture.syncAll()
    #expect(try fixture.supastore.counts() == StoredCounts(each: 1))
  }

  @Test func `a parked file that is stored again in the local store waits again`() async throws {
    try await fixture.supastore.setUp()
    let content = String(repeating: "x", count: 500)
    let id = try await fixture.store("large", content, "--conversation", "c")
    try limit(to: 100)
    try expectParked(id, "too_large", try await fixture.sync())
    try limit(to: 1000)
    #expect(try await fixture.store("large", content, "--conversation", "c", "--metadata", "k=v") == id)
    try await fixture.syncAll()
    #expect(try fixture.supastore.counts() == StoredCounts(each: 1))
    #expect(try fixture.row(id, "metadata->>'k'") == ["v"])
  }

  @Test func `a path that a person chose is not taken from another`() async throws {
    try await fixture.supastore.setUp()
    let id = try await fixture.store("mine", "mine", "--path", "uploads/x", "--conversation", "c")
    let free = try await fixture.store("free", "free", "--path", "uploads/y", "--conversation", "c")
    let theirs = try fixture.tree.write("theirs".utf8, to: "theirs")
    #expect(try await fixture.supastore("upload", theirs, "--path", "uploads/x").exitStatus == 0)
    let run = try await fixture.sync()
    try expectParked(id, "conflict", run)
    #expect(try run.item(free)?["status"] == "sent")
    #expect(try await fixture.supastore("download", "uploads/x", "-o", "-").output == "theirs")
    // An object without a row is somebody's, too.
    try project.query("delete from files where storage_path = 'uploads/x'")
    try expectParked(id, "conflict", try await fixture.sync("--retry-parked"), exitStatus: 7)
    #expect(try project.query("select from files where storage_path = 'uploads/x'").isEmpty)
  }

  @Test func `a path that follows from the file is its own, whatever lies there`() async throws {
    try await fixture.supastore.setUp()
    let id = try await fixture.store("a", "right", "--conversation", "c")
    let path = try #require(
      try await fixture.local("list", "--json").documents("file").first?["storage_path"]?.string)
    let wrong = try fixture.tree.write("wrong".utf8, to: "wrong")
    #expect(try await fixture.supastore("upload", wrong, "--path", path).exitStatus == 0)
    try project.query("delete from files")
    try await fixture.syncAll()
    #expect(try await fixture.supastore("download", id, "-o", "-").output == "right")
  }

  @Test func `a blob that is lost or altered is parked, and the others go on`() async throws {
    try await fixture.supastore.setUp()
    let lost = try await fixture.store("lost", "lost content", "--conversation", "c")
    let altered = try await fixture.store("altered", "altered content", "--conversation", "c")
    let whole = try await fixture.store("whole", nil, "--conversation", "c")
    try FileManager.default.removeItem(atPath: fixture.blob("lost content"))
    let blob = try fixture.blob("altered content")
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: blob)
    try Data("ALTERED content".utf8).write(to: URL(filePath: blob))
    let run = try await fixture.sync()
    #expect(run.exitStatus == 3)
    #expect(try run.item(lost)?["error"]?["code"] == "object_missing" && run.item(lost)?["status"] == "parked")
    #expect(try run.item(altered)?["error"]?["code"] == "integrity" && run.item(altered)?["status"] == "parked")
    #expect(try run.item(whole)?["status"] == "sent")
    #expect(try fixture.supastore.counts() == StoredCounts(each: 1))
    // What the hints say mends them.
    _ = try await fixture.store("lost", "lost content", "--conversation", "c")
    _ = try await fixture.store("altered", "altered content", "--conversation", "c", "--verify", "full")
    let last = try await fixture.sync("--retry-parked")
    #expect(last.exitStatus == 0, "\(last.output)")
    #expect(try fixture.supastore.counts() == StoredCounts(each: 3))
  }

  @Test func `a link to a file that is gone is parked alone`() async throws {
    try await fixture.supastore.setUp()
    var ids: [String] = []
    for name in ["a", "b", "c"] { ids.append(try await fixture.store(name)) }
    try await fixture.syncAll()
    #expect(try await fixture.local.run(["link", "--conversation", "late"] + ids).exitStatus == 0)
    try project.query("delete from files where id = $1::uuid", ids[1])
    let run = try await fixture.sync()
    #expect(run.exitStatus == 3, "\(run.output)\(run.errors)")
    #expect(try run.item(ids[1], "link")?["status"] == "parked")
    #expect(try run.item(ids[1], "link")?["error"]?["code"] == "not_found")
    #expect(try run.summary["parked"] == 1 && run.summary["waiting"] == 0)
    #expect(try fixture.supastore.counts().links == 2)
    // Unlinking it is what is so already.
    #expect(try await fixture.local.run(["unlink", "--conversation", "late"] + ids).exitStatus == 0)
    let last = try await fixture.sync()
    #expect(last.exitStatus == 0, "\(last.output)\(last.errors)")
    #expect(try fixture.supastore.counts().links == 0)
  }

  @Test func `links of a file that is parked wait for it`() async throws {
    try await fixture.supastore.setUp()
    let id = try await fixture.store("large", String(repeating: "x", count: 500), "--conversation", "c")
    #expect(try await fixture.local("link", "--conversation", "d", id).exitStatus == 0)
    try limit(to: 100)
    let run = try await fixture.sync()
    #expect(try run.summary["parked"] == 1 && run.summary["waiting"] == 1 && run.item(id, "link") == nil)
    try limit(to: 1000)
    let last = try await fixture.sync("--retry-parked")
    #expect(last.exitStatus == 0)
    #expect(try fixture.supastore.counts().links == 2)
  }

  @Test func `a row that tells of another content is not sent as the truth`() async throws {
    try await fixture.supastore.setUp()
    let damaged = try await fixture.store("damaged", nil, "--conversation", "c")
    _ = try await fixture.store("whole", nil, "--conversation", "c")
    let database = try Database(
      .file(Array("\(fixture.supastore.stateDirectory)/local/store.sqlite".utf8)), schema: LocalDatabase.schema)
    try database.execute("UPDATE files SET size_bytes = size_bytes + 1 WHERE id = '\(damaged)'")
    let run = try await fixture.sync()
    try expectParked(damaged, "integrity", run, exitStatus: 3)
    #expect(try fixture.supastore.counts() == StoredCounts(each: 1))
    #expect(try await fixture.local("local", "check").exitStatus == 12)
    #expect(try await fixture.local("local", "recover").exitStatus == 0)
    #expect(try await fixture.sync("--retry-parked").exitStatus == 0)
    #expect(try fixture.supastore.counts() == StoredCounts(each: 2))
  }
}
