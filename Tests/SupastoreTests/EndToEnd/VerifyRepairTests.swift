import FoundationEssentials
import TestSupport
import Testing

/// `verify --repair` adds what is missing and can be proved; nothing else changes.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct VerifyRepairTests {
  private let fixture: VerifyFixture
  private var supastore: Supastore { fixture.supastore }
  private var tree: TemporaryDirectory { fixture.tree }

  init() throws {
    fixture = try VerifyFixture()
  }

  @Test func `a missing row comes back with its id, name and link`() async throws {
    try await fixture.store()
    let before = try fixture.state()
    for name in ["a.txt", "10.txt", "empty"] { try fixture.deleteRow(name) }
    supastore.project.forgetRequests()
    let run = try await fixture.verify("--repair")
    #expect(run.exitStatus == 0, "\(run.output)\(run.errors)")
    #expect(try run.summary["repaired"] == 3 && run.summary["row_missing"] == 3 && run.summary["differences"] == 0)
    #expect(fixture.onlyAdded())
    #expect(try fixture.state() == before)
    #expect(try await fixture.verify(tree["root"]).exitStatus == 0)
  }

  @Test func `a missing row of a name that the path does not show is made from its source`() async throws {
    try await fixture.store(["é ü.txt"])
    let before = try fixture.state()
    try fixture.deleteRow("é ü.txt")
    #expect(try await fixture.verify("--repair", tree["root"]).exitStatus == 0)
    #expect(try fixture.state() == before)
    try fixture.deleteRow("é ü.txt")
    #expect(try await fixture.verify("--repair").exitStatus == 0)
    #expect(try fixture.project.query("select original_name, metadata ->> 'continuation_id' from files")[0][1] == nil)
  }

  @Test func `a missing object comes back from a source of any name`() async throws {
    try await fixture.store()
    for name in ["a.txt", "B.txt", "empty"] { try await fixture.deleteObject(fixture.file(name).path) }
    let kept = Set(try fixture.state())
    try tree.write("content of a.txt".utf8, to: "backup/of a")
    supastore.project.forgetRequests()
    let run = try await fixture.verify("--repair", "--conversation", "none", tree["backup"])
    #expect(run.exitStatus == 8)
    #expect(try run.summary["repaired"] == 1 && run.summary["object_missing"] == 3)
    #expect(try run.summary["not_stored"] == 1 && run.summary["differences"] == 3)
    let rest = try await fixture.verify("--repair", tree["root"])
    #expect(rest.exitStatus == 0)
    #expect(try rest.summary["repaired"] == 2)
    #expect(fixture.onlyAdded())
    #expect(Set(try fixture.state()).isSuperset(of: kept))
    let whole = try await fixture.verify("--read", tree["root"])
    #expect(whole.exitStatus == 0)
    #expect(try whole.summary["read"] == 8)
  }

  @Test func `a missing object comes back from the local store`() async throws {
    try await fixture.store()
    let path = try fixture.file("a.txt").path
    try await fixture.deleteObject(path)
    #expect(try await fixture.verify("--repair").exitStatus == 8)
    let local = supastore.with(["SUPASTORE_MODE": "local"])
    #expect(try await local("upload", "--quiet", tree["root/a.txt"]).exitStatus == 0)
    let run = try await fixture.verify("--repair")
    #expect(run.exitStatus == 0, "\(run.output)")
    #expect(try await fixture.verify("--read").exitStatus == 0)
  }

  @Test func `what is not proved is not repaired`() async throws {
    try await fixture.store()
    // Other bytes than the mark tells; another content than the row's; no digest.
    let path = try fixture.file("a.txt").path
    try supastore.project.query(
      "update storage.objects set user_metadata = user_metadata || jsonb_build_object('sha256', repeat('0', 64)) where name = $1",
      path)
    try fixture.deleteRow("a.txt")
    try await fixture.deleteObject(fixture.file("B.txt").path)
    try tree.write("another content".utf8, to: "root/B.txt")
    try await fixture.deleteObject(fixture.file("_c").path)
    try supastore.project.query("update files set metadata = null where original_name = '_c'")
    try await fixture.write("other bytes", to: fixture.file("d-e.md").path, overwriting: true)
    let before = try fixture.state()
    supastore.project.forgetRequests()
    let run = try await fixture.verify("--repair", "--read")
    #expect(run.exitStatus == 8)
    let lines = try run.documents("file")
    #expect(lines.count == 4 && lines.allSatisfy { $0["repaired"] == .bool(false) })
    let codes = lines.compactMap { $0["error"]?["code"]?.string }
    #expect(codes.sorted() == ["integrity", "not_found", "rejected"])
    #expect(fixture.onlyAdded())
    #expect(try fixture.state() == before)
    #expect(!supastore.project.requests().contains { $0.method == "POST" && $0.target.contains("/rest/v1/files") })
  }
}
