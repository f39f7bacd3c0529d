import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The program against a service that lists objects whose bytes it lost: nothing is called stored, unchanged, the same or
/// restored that cannot be fetched, and the commands that are named mend it.
@Suite(.timeLimit(.minutes(5))) struct LostBytesTests {
  typealias Fault = StandInInstance.Fault

  static let upload = "POST /storage/v1/object/user-files/*"
  static let losses: [Fault.Action] = [.loseBytes, .loseBytesUnanswered]

  /// Takes the bytes of a stored file away.
  func lose(_ names: String..., of fixture: VerifyFixture) throws {
    for name in names { try fixture.project.removeBlob(bucket: "user-files", key: fixture.file(name).path) }
  }

  /// Expects that every file that was said to be stored can be had, and returns their number.
  @discardableResult
  func expectFetchable(_ run: Run, by supastore: Supastore) async throws -> Int {
    let lines = run.output.split(separator: "\n").compactMap { try? JSONValue(line: $0) }
    let stored = lines.filter { $0["type"] == "file" && ["stored", "unchanged"].contains($0["status"]) }
    for id in stored.compactMap({ $0["id"]?.string }) {
      let download = try await supastore("download", id, "-o", "-", "--no-cache")
      #expect(download.exitStatus == 0, "\(download.errors)")
    }
    return stored.count
  }

  // MARK: storing

  @Test(.standIn(per: .test), arguments: losses)
  func `an upload is mended by itself, and by the same command`(_ action: Fault.Action) async throws {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await supastore.setUp()
    let path = try fixture.tree.write("content".utf8, to: "a.txt")
    supastore.project.add(Fault(action, on: Self.upload))
    let first = try await supastore("upload", "--json", "--conversation", "c", path)
    #expect(first.exitStatus == 0, "\(first.errors)")
    #expect(try await expectFetchable(first, by: supastore) == 1)

    let other = try fixture.tree.write("other content".utf8, to: "b.txt")
    let only = supastore.with(["SUPASTORE_MODE": "only"])
    supastore.project.add(Fault(action, on: Self.upload, count: 0))
    let lost = try await only("upload", "--json", "--conversation", "c", "--deadline", "3s", other)
    #expect(lost.exitStatus != 0)
    #expect(try lost.documents("file").first?["status"] == "failed")
    supastore.project.removeFaults()
    let again = try await only("upload", "--json", "--conversation", "c", other)
    #expect(again.exitStatus == 0, "\(again.errors)")
    #expect(try again.documents("file").first?["status"] == "stored")
    #expect(try await expectFetchable(again, by: supastore) == 1)
  }

  @Test(.standIn(per: .test), arguments: ["objects-sent", "objects-proved", "rows-inserted"], [false, true])
  func `a migration that is killed is mended by the next one`(_ point: String, hasState: Bool) async throws {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await supastore.setUp()
    for number in 0..<20 { try fixture.tree.write("file \(number)".utf8, to: "root/f\(number)") }
    // The second answer that a lost one gets is lost, too: the killed run proves nothing.
    supastore.project.add(Fault(.loseBytes, on: Self.upload, nth: 3, count: 6))
    let killed = try await supastore.with(["STORAGECORE_CRASH_AT": point])("migrate", "--json", fixture.tree["root"])
    #expect(killed.exitStatus == 128 + SIGKILL)
    supastore.project.removeFaults()
    let next = hasState ? supastore : supastore.with(["SUPASTORE_STATE_DIR": fixture.tree["other"]])
    let run = try await next("migrate", "--json", fixture.tree["root"])
    #expect(run.exitStatus == 0, "\(run.output)\(run.errors)")
    #expect(try await expectFetchable(run, by: supastore) == 20)
    supastore.project.forgetRequests()
    #expect(try await next("migrate", "--json", fixture.tree["root"]).summary["unchanged"] == 20)
    #expect(supastore.project.requestCount <= 12)
    #expect(!supastore.project.requests().contains { $0.method == "POST" && $0.target.contains("/object/user-files/") })
  }

  @Test(.standIn(per: .test), arguments: losses)
  func `what waited is sent again when the service loses it`(_ action: Fault.Action) async throws {
    let fixture = try SyncFixture()
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<12)
    fixture.project.add(Fault(action, on: Self.upload, nth: 2, count: 5))
    try await fixture.syncAll()
    let files = try await fixture.supastore("list", "--json").documents("file").compactMap { $0["id"]?.string }
    #expect(files.count == 12)
    for id in files { #expect(try await fixture.supastore("download", id, "-o", "-", "--no-cache").exitStatus == 0) }
    #expect(try await fixture.supastore("verify", "--read", "--json").summary["differences"] == 0)
  }

  @Test(.standIn(per: .test)) func `a dry run on a new machine says what it will ask, and trust is told`() async throws
  {
    let fixture = try VerifyFixture()
    try await fixture.store()
    let other = fixture.supastore.with(["SUPASTORE_STATE_DIR": fixture.tree["other"]])
    let plan = try #require(try await other("migrate", "-n", "--json", fixture.tree["root"]).documents.last)
    #expect(plan["ask_files"] == 8 && plan["unchanged"] == 8 && plan["send_files"] == 0)
    let text = try await other("migrate", "-n", fixture.tree["root"])
    #expect(text.output.contains("8 to be asked for their first byte"))
    fixture.project.forgetRequests()
    let trusting = try await other("migrate", "--json", "--trust-listing", fixture.tree["root"])
    #expect(try trusting.summary["unchanged"] == 8 && trusting.summary["trusted"] == 8)
    #expect(!fixture.project.requests().contains { $0.method == "GET" && $0.target.contains("/object/") })
    let told = try await other("migrate", "--trust-listing", fixture.tree["root"])
    #expect(told.output.contains("of 8 no byte was asked for"))
    let asking = try await other("migrate", "--json", fixture.tree["root"])
    #expect(try asking.summary["unchanged"] == 8 && asking.summary["trusted"] == 0)
    #expect(try asking.summary["requests"]?.int ?? .max <= plan["requests"]?.int ?? 0)
    #expect(try await other("migrate", "-n", "--json", fixture.tree["root"]).documents.last?["ask_files"] == 0)
  }

  // MARK: finding and mending

  func findAndMend() async throws {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await fixture.store()
    try lose("a.txt", "empty", of: fixture)

    let listed = try await fixture.verify()
    #expect(try listed.exitStatus == 0 && listed.summary["not_asked"] == 8 && listed.summary["bytes_missing"] == 0)
    let text = try await supastore("verify")
    #expect(text.output.contains("no differences in what is listed") && text.output.contains("no byte asked for of 8"))
    for look in ["--touch", "--read"] {
      let found = try await fixture.verify(look)
      #expect(found.exitStatus == 8)
      #expect(try found.summary["bytes_missing"] == 2 && found.summary["same"] == 6)
      #expect(try found.summary["not_asked"] == 0)
      #expect(try found.documents("file").map { $0["status"] } == ["bytes_missing", "bytes_missing"])
    }
    let helpless = try await fixture.verify("--touch", "--repair")
    #expect(helpless.exitStatus == 8)
    #expect(try helpless.documents("file").allSatisfy { $0["error"]?["hint"]?.string?.contains("directory") == true })
    let mended = try await fixture.verify("--touch", "--repair", fixture.tree["root"])
    #expect(mended.exitStatus == 0, "\(mended.output)")
    #expect(try mended.summary["repaired"] == 2)
    let whole = try await supastore("verify", "--touch")
    #expect(whole.output.contains("no differences (8 same); first byte of 8"))
    #expect(try await fixture.verify("--read").summary["differences"] == 0)
  }

  @Test(.standIn(per: .test)) func `verify finds and mends it on the file back end`() async throws {
    try await findAndMend()
  }

  @Test(.standIn(per: .test, etags: .multipart)) func `verify finds and mends it on S3`() async throws {
    try await findAndMend()
  }

  @Test(.standIn(per: .test), arguments: ["verify", "download"])
  func `what was found is sent again by the machine that stored it`(_ finder: String) async throws {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await fixture.store()
    try lose("a.txt", of: fixture)
    // This machine saw its bytes, and nobody has told it otherwise.
    #expect(try await supastore("migrate", "--json", fixture.tree["root"]).summary["unchanged"] == 8)
    if finder == "verify" {
      #expect(try await fixture.verify("--touch").exitStatus == 8)
    } else {
      let id = try fixture.file("a.txt").id
      let download = try await supastore("download", id, "-o", fixture.tree["copy"], "--json")
      #expect(download.exitStatus == 4)
      let error = try #require(try download.error ?? download.documents.first?["error"])
      #expect(error["code"] == "object_missing")
      #expect(error["hint"]?.string?.contains("supastore verify --touch --repair") == true)
      #expect(!FileManager.default.fileExists(atPath: fixture.tree["copy"]))
    }
    let run = try await supastore("migrate", "--json", fixture.tree["root"])
    #expect(try run.summary["stored"] == 1 && run.summary["unchanged"] == 7)
    #expect(try await expectFetchable(run, by: supastore) == 8)
  }

  @Test(.standIn(per: .test)) func `an object without a row and without bytes is made whole from its source`()
    async throws
  {
    let fixture = try VerifyFixture()
    try await fixture.store()
    try lose("a.txt", of: fixture)
    try fixture.deleteRow("a.txt")
    let helpless = try await fixture.verify("--repair")
    #expect(try helpless.exitStatus == 8 && helpless.summary["row_missing"] == 1 && helpless.summary["repaired"] == 0)
    let mended = try await fixture.verify("--repair", fixture.tree["root"])
    #expect(mended.exitStatus == 0, "\(mended.output)")
    #expect(try await fixture.verify("--read", fixture.tree["root"]).summary["differences"] == 0)
  }

  @Test(.standIn(per: .test)) func `a file whose bytes are lost is not called restored`() async throws {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await supastore.setUpTrash()
    let lost = try await supastore.store("lost", in: "c")
    let kept = try await supastore.store("kept", in: "c")
    try lose("lost", of: fixture)
    #expect(try await supastore("delete", "--yes", lost, kept).exitStatus == 0)
    let restore = try await supastore("trash", "restore", "--json", lost, kept)
    #expect(restore.exitStatus == 3)
    let lines = try restore.documents("restoration")
    #expect(lines.count { $0["error"] == .null && $0["has_object"] == true } == 1)
    let error = try #require(lines.first { $0["id"]?.string == lost }?["error"])
    #expect(error["code"] == "object_missing")
    #expect(try restore.documents.last?["restored"] == 1)
    // Its row is back, and storing it again mends it, also on the machine that saw its bytes before.
    let content = Array("lost".utf8) + [UInt8](repeating: 46, count: 16)
    let again = try await supastore.run(
      ["upload", "-", "--name", "lost", "--conversation", "c", "--json"], input: content)
    #expect(try again.documents("file").first?["status"] == "stored")
    #expect(try await expectFetchable(again, by: supastore) == 1)
  }

  // MARK: what is not to be believed

  @Test(.standIn(per: .test)) func `what a run found lost and could not mend is not unchanged for the next`()
    async throws
  {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await fixture.store()
    try lose("a.txt", of: fixture)
    var refusal = Fault(.status, on: Self.upload, count: 0)
    (refusal.status, refusal.body) = (413, "{}")
    fixture.project.add(refusal)
    let failed = try await supastore("migrate", "--json", "--verify", "full", fixture.tree["root"])
    #expect(try failed.summary["failed"] == 1 && failed.summary["unchanged"] == 7)
    fixture.project.removeFaults()
    let run = try await supastore("migrate", "--json", fixture.tree["root"])
    #expect(try run.summary["stored"] == 1 && run.summary["unchanged"] == 7)
    #expect(try await expectFetchable(run, by: supastore) == 8)
  }

  @Test(.standIn(per: .test)) func `an upload that failed is not trusted because it is listed`() async throws {
    let fixture = try VerifyFixture()
    let supastore = fixture.supastore
    try await supastore.setUp()
    try fixture.tree.write("content".utf8, to: "root/a.txt")
    fixture.project.add(Fault(.loseBytes, on: Self.upload, count: 0))
    let failed = try await supastore.with(["SUPASTORE_MODE": "only"])("migrate", "--json", fixture.tree["root"])
    #expect(try failed.summary["failed"] == 1)
    fixture.project.removeFaults()
    let run = try await supastore("migrate", "--json", "--trust-listing", fixture.tree["root"])
    #expect(try run.summary["stored"] == 1 && run.summary["trusted"] == 0)
    #expect(try await expectFetchable(run, by: supastore) == 1)
  }
}
