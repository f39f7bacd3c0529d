import FoundationEssentials
import TestSupport
import Testing

/// What the local store took arrives at Supabase as if it had been stored there at once.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SyncTests {
  private typealias Fault = StandInInstance.Fault

  @Test(arguments: ["prefer", "only"])
  func `everything arrives as it is here`(_ mode: String) async throws {
    let fixture = try SyncFixture(mode: mode)
    let (supastore, local) = (fixture.supastore, fixture.local)
    try await supastore.setUp()
    let there = try await supastore("conversation", "create", "there", "--title", "Kept", "--json").documents.first
    let thereID = try #require(there?["id"]?.string)

    #expect(try await local("conversation", "create", "here", "--title", "T", "--metadata", "x=y").exitStatus == 0)
    let plain = try await fixture.store(
      "a.txt", nil, "--conversation", "c", "--metadata", "k=v", "--expires", "2031-02-03T04:05:06Z")
    let chosen = try await fixture.store("b", nil, "--path", "uploads/chosen/b", "--conversation", "there")
    let generated = try await fixture.store("g.bin", nil, "--type", "generated", "--mime", "application/x-own")
    let byID = try await fixture.store("r", nil, "--conversation", thereID)
    let url = try await local("upload", "--json", "data:text/plain,hello").documents("file").first?["id"]?.string
    try await fixture.storeFiles(0..<7)
    for (conversation, file) in [("there", plain), ("here", chosen), (thereID, generated), ("here", url ?? "")] {
      #expect(try await local("link", "--conversation", conversation, file).exitStatus == 0)
    }
    #expect(try await local("unlink", "--conversation", "here", chosen).exitStatus == 0)
    let expected = try await files(local)
    #expect(expected.count == 12)

    let run = try await fixture.sync()
    #expect(run.exitStatus == 0 && run.errors == "", "\(run.errors)")
    #expect(try run.documents("item").allSatisfy { $0["status"] == "sent" && $0["error"] == .null })
    #expect(try run.documents("item").filter { $0["kind"] == "file" }.count == 12)
    let summary = try run.summary
    #expect(summary["waiting"] == 0 && summary["parked"] == 0 && summary["error"] == .null)
    #expect(summary["mode"] == .string(mode) && summary["backend"] == "supabase")
    #expect(summary["sent"]?.int == (try run.documents("item").count))

    #expect(try await files(supastore) == expected)
    #expect(
      try links(fixture)
        == [
          "c \(plain)", "here \(url ?? "")", "there \(byID)", "there \(chosen)", "there \(generated)", "there \(plain)",
        ].sorted())
    #expect(
      try fixture.project.query(
        "select continuation_id, title, metadata->>'x' from conversations where title in ('T', 'Kept') order by 1")
        == [["here", "T", "y"], ["there", "Kept", nil]])
    #expect(try fixture.project.query("select from conversations where id::text = continuation_id").isEmpty)
    #expect(try await supastore("download", plain, "-o", "-").output == "content of a.txt")
    #expect(try await supastore("download", generated, "-o", "-").output == "content of g.bin")
  }

  /// What is known of all files, by their ids, but for what each place decides by itself.
  private func files(_ supastore: Supastore) async throws -> [String: JSONValue] {
    let documents = try await supastore("list", "--json").documents("file")
    return Dictionary(
      documents.map { document in
        guard case .object(var members) = document else { return ("", document) }
        members["created_at"] = nil
        return (members["id"]?.string ?? "", .object(members))
      }
    ) { first, _ in first }
  }

  /// Without those of `many`.
  private func links(_ fixture: SyncFixture) throws -> [String] {
    try fixture.project.query(
      """
      select continuation_id || ' ' || file_id from conversation_files join conversations on id = conversation_id
      where continuation_id <> 'many'
      """
    ).compactMap(\.first).compactMap { $0 }.sorted()
  }

  @Test func `a file that is deleted while it waits is never sent, and one that comes back is sent once`()
    async throws
  {
    let fixture = try SyncFixture()
    try await fixture.supastore.setUp()
    let id = try await fixture.store("gone", nil, "--conversation", "c")
    let deleted = try await fixture.local("delete", "--yes", id)
    #expect(deleted.exitStatus == 0, "\(deleted.errors)")
    try await fixture.syncAll()
    #expect(try fixture.row(id, "id") == nil)
    #expect(fixture.project.requests().allSatisfy { !$0.target.contains("/object/user-files/") })
    #expect(try await fixture.local("trash", "restore", id).exitStatus == 0)
    try await fixture.syncAll()
    #expect(try fixture.row(id, "id") != nil)
    // It is there now.
    #expect(try await fixture.local("delete", "--yes", id).exitStatus == 0)
    #expect(try await fixture.local("trash", "restore", id).exitStatus == 0)
    let idle = try await fixture.sync()
    #expect(try idle.exitStatus == 0 && idle.summary["requests"] == 0)
  }

  @Test func `what was sent is not asked about again`() async throws {
    let fixture = try SyncFixture()
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<3)
    try await fixture.syncAll()
    fixture.project.forgetRequests()
    let run = try await fixture.sync()
    #expect(try run.exitStatus == 0 && run.summary["sent"] == 0 && run.summary["requests"] == 0)
    #expect(fixture.project.requestCount == 0)
    #expect(try await fixture.supastore("sync").output == "nothing waits\n")
  }

  @Test func `sent twice is sent once`() async throws {
    let fixture = try SyncFixture()
    try await fixture.supastore.setUp()
    try await fixture.storeFiles(0..<5)
    let id = try await fixture.store("a", nil, "--conversation", "many", "--metadata", "mine=new")
    let other = try await fixture.store("o", nil, "--conversation", "o")
    #expect(try await fixture.local("link", "--conversation", "many", other).exitStatus == 0)
    let (past, again) = (try fixture.copyOfState("past"), try fixture.copyOfState("again"))
    try await fixture.syncAll()
    let before = try everything(fixture)
    fixture.project.forgetRequests()
    let run = try await past("sync", "--json")
    #expect(try run.exitStatus == 0 && run.summary["waiting"] == 0)
    #expect(try everything(fixture) == before)
    #expect(!fixture.project.requests().contains { $0.method == "POST" && $0.target.contains("/object/user-files/") })
    // And what another tool made of the row meanwhile stays, beside what is ours.
    try fixture.project.query(
      "update files set metadata = metadata - 'mine' || '{\"theirs\": 1}' where id = $1::uuid", id)
    #expect(try await again("sync").exitStatus == 0)
    #expect(try fixture.row(id, "metadata->>'theirs', metadata->>'mine'") == ["1", "new"])
  }

  private func everything(_ fixture: SyncFixture) throws -> [[String?]] {
    try fixture.project.query("select f::text from files f order by 1")
      + fixture.project.query("select o.name || o.version || (o.metadata->>'eTag') from storage.objects o order by 1")
      + fixture.project.query("select l::text from conversation_files l order by 1")
      + fixture.project.query("select c.id::text || c.continuation_id || c.title from conversations c order by 1")
  }

  @Test func `a conversation that only exists here is made when a file brings it`() async throws {
    let fixture = try SyncFixture()
    try await fixture.supastore.setUp()
    let id = try await fixture.store("a", nil, "--conversation", "new")
    try await fixture.syncAll()
    // Both at Supabase now: the link is all that waits, to one that is made by it.
    #expect(try await fixture.local("link", "--conversation", "newer", id).exitStatus == 0)
    #expect(try await fixture.local("unlink", "--conversation", "new", id).exitStatus == 0)
    try fixture.project.query("delete from conversations where continuation_id = 'new'")
    let run = try await fixture.sync()
    #expect(run.exitStatus == 0, "\(run.output)")
    #expect(try run.documents("item").compactMap { $0["kind"]?.string } == ["conversation", "link", "unlink"])
    #expect(
      try fixture.project.query(
        "select continuation_id from conversation_files join conversations on id = conversation_id") == [["newer"]])
  }

  @Test func `what is linked here already may not be there any more`() async throws {
    let fixture = try SyncFixture()
    try await fixture.supastore.setUp()
    let id = try await fixture.store("a")
    #expect(try await fixture.local("link", "--conversation", "d", id).exitStatus == 0)
    try await fixture.syncAll()
    for (there, here, count) in [("unlink", "link", 1), ("link", "unlink", 0), ("unlink", "link", 1)] {
      #expect(try await fixture.supastore(there, "--conversation", "d", id).exitStatus == 0)
      let away = try await fixture.whileDown { try await fixture.supastore(here, "--conversation", "d", id) }
      #expect(away.exitStatus == 9, "\(away.errors)")
      try await fixture.syncAll()
      #expect(try fixture.supastore.counts().links == count)
    }
  }

  @Test func `a dry run lists and sends nothing`() async throws {
    let fixture = try SyncFixture()
    let id = try await fixture.store("a", "four", "--conversation", "c")
    let run = try await fixture.sync("--dry-run")
    #expect(run.exitStatus == 9 && fixture.project.requestCount == 0)
    #expect(try run.documents("item").compactMap { $0["kind"]?.string } == ["conversation", "file"])
    let file = try #require(try run.item(id))
    #expect(file["status"] == "waiting" && file["size_bytes"] == 4 && file["storage_path"]?.string != nil)
    #expect(try run.summary["waiting"] == 2 && run.summary["sent"] == 0 && run.summary["requests"] == 0)
    let text = try await fixture.supastore("sync", "-n")
    #expect(text.output.contains("waiting conversation c\n") && text.output.contains("waiting file \(id) uploads/c/a."))
    for flag in ["--watch", "--retry-parked"] {
      #expect(try await fixture.supastore("sync", "--dry-run", flag).exitStatus == 2)
    }
  }

  @Test func `a database that is gone is damage, not an end of the waiting`() async throws {
    let fixture = try SyncFixture()
    _ = try await fixture.store("a")
    try FileManager.default.removeItem(atPath: "\(fixture.supastore.stateDirectory)/local/store.sqlite")
    for arguments in [["sync"], ["sync", "--dry-run"]] {
      let run = try await fixture.supastore.run(arguments)
      #expect(run.exitStatus == 12 && run.errors.contains("supastore local recover"), "\(run.errors)")
    }
    #expect(fixture.project.requestCount == 0)
  }

  @Test func `with nothing kept nothing is made, and without Supabase it is an error`() async throws {
    let fixture = try SyncFixture()
    for arguments in [["sync"], ["sync", "--dry-run"], ["sync", "--retry-parked"]] {
      let run = try await fixture.supastore.run(arguments)
      #expect(run.exitStatus == 0 && run.output == "nothing waits\n" && run.errors == "")
    }
    #expect(!FileManager.default.fileExists(atPath: "\(fixture.supastore.stateDirectory)/local"))
    #expect(fixture.project.requestCount == 0)
    for tool in [fixture.local, fixture.supastore.with(["SUPASTORE_MODE": "local"])] {
      let run = try await tool("sync", "--json")
      #expect(try run.exitStatus == 2 && run.error?["code"] == "configuration", "\(run.errors)")
      #expect(run.errors.contains("SUPA"))
    }
  }

  @Test func `what waits for another project is told and left`() async throws {
    let fixture = try SyncFixture()
    try await fixture.supastore.setUp()
    let path = try fixture.tree.write("theirs".utf8, to: "root/theirs")
    let other = fixture.supastore.with(["SUPABASE_URL": "http://127.0.0.1:1", "SUPASTORE_MODE": "prefer"])
    #expect(try await other("upload", path).exitStatus == 9)
    let mine = try await fixture.store("mine")
    let run = try await fixture.sync()
    #expect(run.exitStatus == 0 && run.errors.contains("1 more wait for other projects"), "\(run.errors)")
    #expect(try run.summary["other_projects"] == 1 && run.summary["sent"] == 1 && run.item(mine) != nil)
    #expect(try fixture.supastore.counts().rows == 1)
    #expect(try await other("sync", "--dry-run", "--json").summary["waiting"] == 1)
  }
}
