import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct DeleteTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  /// The paths of files by their original names.
  private func path(of name: String) throws -> String {
    try #require(
      try supastore.project.query("select storage_path from files where original_name = $1", name).first?.first
        .flatMap { $0 })
  }

  /// What is said of deleted files is what its lines say.
  private func expectCounts(_ run: Run) throws {
    let summary = try #require(try run.documents.last, "\(run.errors)")
    try #require(summary["type"] == "deletion")
    for status in [RemovalStatus.found, .trashed, .purged, .absent, .failed] {
      let lines = try run.documents("removal").count { $0["status"]?.string == status.rawValue }
      #expect(summary[status.rawValue]?.int == lines, "\(status)")
    }
  }

  @Test func `a dry run shows what would go, and changes nothing`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    let before = try supastore.contents()
    supastore.project.forgetRequests()
    let run = try await supastore("delete", "--dry-run", id, "no/such", "--json")
    #expect(try run.exitStatus == 0 && run.ids(.found) == [id], "\(run.errors)")
    try expectCounts(run)
    #expect(try run.documents.last?["run_id"] == .null)
    let path = try path(of: "file")
    #expect(
      try await supastore("rm", "-n", path).output == "would delete user-files/\(path), 20 B, 1 link\n")
    #expect(supastore.removingRequests() == [])
    #expect(try supastore.contents() == before)
  }

  @Test func `without a terminal --yes has to be given`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    let before = try supastore.contents()
    for arguments in [["delete", id], ["delete", "--now", id, "--json"]] {
      let run = try await supastore.run(arguments)
      #expect(run.exitStatus == 2 && run.errors.contains("--yes") && run.output == "", "\(run.errors)")
    }
    #expect(try supastore.contents() == before)
    let run = try await supastore("delete", "-y", id)
    #expect(run.exitStatus == 0 && run.errors == "" && run.output.hasPrefix("trashed user-files/uploads/c/"))
  }

  @Test func `at a terminal it asks, and only yes means yes`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    let before = try supastore.contents()
    for answer in ["n\n", "\n", "maybe\n", ""] {
      let run = try await supastore.onTerminal("\"$PROGRAM\" delete \(id)", typing: answer)
      #expect(run.exitStatus == 1 && run.output.contains("move 1 file (20 B) to the trash? [y/N] "), "\(run.output)")
      #expect(run.output.contains("nothing was removed"))
    }
    #expect(try supastore.contents() == before)
    let run = try await supastore.onTerminal("\"$PROGRAM\" delete \(id)", typing: "y\n")
    #expect(run.exitStatus == 0 && run.output.contains("trashed "), "\(run.output)")
    #expect(try supastore.contents().rows == [])
    // Deleting for good what is in the trash is asked about as well.
    let no = try await supastore.onTerminal("\"$PROGRAM\" delete --now \(id)", typing: "n\n")
    #expect(no.exitStatus == 1 && no.output.contains("delete 1 file (20 B) for good? [y/N] "), "\(no.output)")
    #expect(try await supastore("delete", "--now", id).exitStatus == 2)
    #expect(try supastore.contents().objects == before.objects)
    let yes = try await supastore.onTerminal("\"$PROGRAM\" delete --now \(id)", typing: "YES\n")
    #expect(yes.exitStatus == 0 && yes.output.contains("purged "), "\(yes.output)")
    #expect(try supastore.contents().objects == [])
  }

  @Test func `of several files each has its own end`() async throws {
    try await supastore.setUpTrash()
    let first = try await supastore.store("first", in: "c")
    let second = try await supastore.store("second", in: "c")
    let shared = try await supastore.store("shared", in: "c")
    let last = try await supastore.store("last", in: "c")
    #expect(try await supastore("link", "--conversation", "d", shared).exitStatus == 0)
    let absent = "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b"
    let path = try path(of: "second")
    let run = try await supastore("delete", "--yes", "--json", first, absent, shared, path, first)
    #expect(run.exitStatus == 3, "\(run.errors)")
    try expectCounts(run)
    let removals = try run.documents("removal")
    #expect(removals.map { $0["status"] } == ["trashed", "already_absent", "failed", "trashed"])
    #expect(removals.map { $0["id"] } == [first, absent, shared, second].map { .string($0) })
    #expect(removals[2]["safeguard"] == "linked_elsewhere" && removals[2]["links"] == 2)
    #expect(removals[2]["error"]?["message"]?.string?.hasPrefix("linked_elsewhere: ") == true)
    #expect(try supastore.project.query("select id from files order by original_name") == [[last], [shared]])
    #expect(try supastore.counts().objects == 4)
    let text = try await supastore("delete", "--yes", shared)
    #expect(text.exitStatus == 7 && text.errors.contains("linked_elsewhere: ") && text.errors.contains("--everywhere"))
  }

  @Test func `a file that is linked elsewhere goes only when everywhere is meant`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("shared", in: "c")
    #expect(try await supastore("link", "--conversation", "d", id).exitStatus == 0)
    let before = try supastore.contents()
    for arguments in [[id], [try path(of: "shared")], ["--now", id], ["--dry-run", id]] {
      let run = try await supastore.run(["delete", "--yes", "--json"] + arguments)
      #expect(run.exitStatus == 7, "\(run.errors)")
      #expect(try run.documents("removal").first?["safeguard"] == "linked_elsewhere")
      try expectCounts(run)
    }
    #expect(try supastore.contents() == before)
    let run = try await supastore("delete", "--yes", "--everywhere", "--json", id)
    #expect(try run.exitStatus == 0 && run.ids(.trashed) == [id])
    #expect(try run.documents("removal").first?["links"] == 2)
    #expect(try supastore.contents().links == [])
    #expect(try await supastore("trash", "restore", id).output.contains(", 2 links\n"))
    let after = try supastore.contents()
    #expect(after == before)
  }

  @Test func `a link that is made between the look and the removal refuses, too`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    try supastore.project.query("insert into conversations (continuation_id) values ('d')")
    var delay = StandInInstance.Fault(.delay, on: "POST /rest/v1/rpc/supastore_trash_files")
    delay.milliseconds = 2000
    supastore.project.add(delay)
    supastore.project.forgetRequests()
    let delete = try supastore.start("delete", "--yes", "--json", id)
    // Asked about before the question and after the answer.
    await supastore.project.wait(for: 2, on: "GET /rest/v1/conversation_files*")
    try supastore.project.query(
      "insert into conversation_files (conversation_id, file_id) select c.id, f.id from conversations c, files f where continuation_id = 'd'"
    )
    let run = Run(await delete.outcome)
    #expect(run.exitStatus == 7, "\(run.errors)")
    #expect(try run.documents("removal").first?["safeguard"] == "linked_elsewhere")
    #expect(try supastore.counts().rows == 1 && supastore.counts().links == 2)
  }

  @Test func `by path and by id, twice is the same as once`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    let path = try path(of: "file")
    let run = try await supastore("delete", "--yes", "--json", id, path)
    #expect(run.exitStatus == 0, "\(run.errors)")
    try expectCounts(run)
    #expect(Set(try run.ids(.trashed)) == [id])
    let trash = try supastore.contents().trash
    #expect(trash.count == 1)
    for reference in [id, path] {
      let again = try await supastore("delete", "--yes", "--json", reference)
      #expect(try again.exitStatus == 0 && again.documents.last?["already_absent"] == 1)
      try expectCounts(again)
    }
    #expect(try supastore.contents().trash == trash)
    #expect(try supastore.project.query("select count(*) from supastore_audit where action = 'trash'") == [["1"]])
    let purge = try await supastore("delete", "--yes", "--now", "--json", path)
    #expect(try purge.exitStatus == 0 && purge.ids(.purged) == [id], "\(purge.output)")
    try expectCounts(purge)
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `for good at once means that the object is gone`() async throws {
    try await supastore.setUpTrash()
    let id = try await supastore.store("file", in: "c")
    let other = try await supastore.store("other", in: "c", "--type", "generated")
    let kept = try await supastore.store("kept", in: "c")
    supastore.project.forgetRequests()
    let run = try await supastore("delete", "--yes", "--now", "--json", id, other)
    #expect(try run.exitStatus == 0 && Set(run.ids(.purged)) == [id, other], "\(run.errors)")
    try expectCounts(run)
    #expect(try supastore.project.query("select id from files") == [[kept]])
    #expect(try supastore.counts() == StoredCounts(each: 1))
    #expect(supastore.removingRequests().count { $0.hasPrefix("DELETE ") } == 2)
    #expect(try await supastore("trash", "restore", id).exitStatus == 4)
    #expect(try await supastore("download", kept, "-o", "-").output.hasPrefix("kept"))
  }

  @Test func `more files than one request takes`() async throws {
    try await supastore.setUpTrash()
    try supastore.seed(620, "many", linkedTo: ["c"])
    let paths = (1...620).map { "uploads/seed/many-\($0)" }
    let run = try await supastore.run(["delete", "--yes", "--now", "--json"] + paths)
    #expect(try run.exitStatus == 0 && run.paths(.purged) == paths.sorted(), "\(run.errors)")
    #expect(try run.documents("removal").compactMap { $0["storage_path"]?.string } == paths)
    try expectCounts(run)
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test
  func `a file that waits in the local store is never sent`() async throws {
    try await supastore.setUpTrash()
    let away = supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"])
    var fault = StandInInstance.Fault(.status, on: "*", count: 0)
    (fault.status, fault.body) = (503, "{}")
    supastore.project.add(fault)
    let upload = try await supastore.run(
      ["upload", "-", "--name", "waiting", "--conversation", "c", "--json"], input: Array("waits".utf8))
    #expect(upload.exitStatus == 9)
    let id = try #require(try upload.documents("file").first?["id"]?.string)
    let during = try await supastore("delete", "--yes", "--json", id)
    #expect(try during.exitStatus == 0 && during.ids(.trashed) == [id], "\(during.errors)")
    try expectCounts(during)
    supastore.project.removeFaults()
    #expect(try await supastore("test-connection").exitStatus == 0)
    #expect(try await supastore("sync").exitStatus == 0)
    #expect(try supastore.counts().rows == 0 && supastore.counts().objects == 0)
    #expect(try await away("download", id, "-o", "-").exitStatus != 0)
  }

  @Test func `what cannot be meant is refused before anything is asked`() async throws {
    supastore.project.forgetRequests()
    for arguments in [[], [""], ["--yes"], ["x", "--nosuch"]] {
      let run = try await supastore.run(["delete"] + arguments)
      #expect(run.exitStatus == 2, "\(arguments): \(run.errors)")
    }
    #expect(supastore.project.requestCount == 0)
  }
}
