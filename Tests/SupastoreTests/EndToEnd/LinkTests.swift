import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct LinkTests {
  private let supastore: Supastore
  private static let unknown = "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b"

  init() throws {
    supastore = try Supastore()
  }

  /// Their ids, in order of their paths.
  private func insertFiles(_ count: Int) throws -> [String] {
    try supastore.project.query(
      """
      insert into files (storage_path, original_name)
      select 'uploads/x/' || to_char(n, 'FM00000'), 'n' || n from generate_series(1, \(count)) n
      """)
    return try supastore.project.query("select id from files order by storage_path").map { $0[0] ?? "" }
  }

  private func linked(_ continuationID: String) throws -> [String] {
    try supastore.project.query(
      """
      select f.id from files f join conversation_files l on l.file_id = f.id join conversations c on c.id = l.conversation_id
      where c.continuation_id = $1 order by storage_path
      """, continuationID
    ).map { $0[0] ?? "" }
  }

  private func run(_ command: String, _ conversation: String, _ files: [String]) async throws -> (JSONValue, Int32) {
    let run = try await supastore.run([command, "--json", "--conversation", conversation] + files)
    return (try #require(try run.documents.first, "\(run.errors)"), run.exitStatus)
  }

  @Test func `many files are linked and unlinked in few requests, and again without effect`() async throws {
    let ids = try insertFiles(1200)
    supastore.project.forgetRequests()
    let (report, status) = try await run("link", "c1", ids)
    #expect(status == 0 && report["continuation_id"] == "c1")
    #expect(report["linked"]?.array?.compactMap(\.string) == ids)
    #expect(report["already"] == .array([]) && report["failed"] == .array([]))
    #expect(try linked("c1") == ids)
    let requests = supastore.project.requests()
    #expect(requests.count { $0.method == "POST" && $0.target.contains("/conversation_files") } == 3)
    #expect(requests.count <= 17, "\(requests.count)")

    let again = try await run("link", "c1", ids)
    #expect(again.1 == 0 && again.0["linked"] == .array([]) && again.0["already"]?.array?.count == 1200)
    let (unlinked, unlinkStatus) = try await run("unlink", "c1", Array(ids.dropFirst(5)))
    #expect(unlinkStatus == 0 && unlinked["unlinked"]?.array?.compactMap(\.string) == Array(ids.dropFirst(5)))
    #expect(try linked("c1") == Array(ids.prefix(5)))
    let unlinkedAgain = try await run("unlink", "c1", ids)
    #expect(unlinkedAgain.1 == 0 && unlinkedAgain.0["unlinked"]?.array?.count == 5)
    #expect(unlinkedAgain.0["already"]?.array?.count == 1195)
    #expect(try linked("c1").isEmpty)
    #expect(try supastore.project.query("select from files").count == 1200)
    #expect(try supastore.project.query("select from conversations").count == 1)
  }

  @Test func `what was linked before the service refused is told, and so is the rest`() async throws {
    let ids = try insertFiles(700)
    var fault = StandInInstance.Fault(.status, on: "POST /rest/v1/conversation_files*", nth: 2, count: 0)
    fault.status = 403
    supastore.project.add(fault)
    let (report, status) = try await run("link", "c1", ids)
    #expect(status == 3)
    #expect(report["linked"]?.array?.compactMap(\.string) == Array(ids.prefix(500)))
    #expect(report["failed"]?.array?.compactMap { $0["file"]?.string } == Array(ids.dropFirst(500)))
    #expect(report["failed"]?.array?.allSatisfy { $0["error"]?["code"] == "denied" } == true)
    supastore.project.removeFaults()
    #expect(try await run("link", "c1", ids).1 == 0)
    #expect(try linked("c1") == ids)
  }

  @Test func `files are named by id or path, each counts once, and absent ones stop none`() async throws {
    let ids = try insertFiles(3)
    let files = ["uploads/x/00001", ids[0].uppercased(), ids[1], Self.unknown, "uploads/nosuch", ids[1], Self.unknown]
    for command in ["link", "unlink"] {
      let (report, status) = try await run(command, "c1", files)
      #expect(status == 3)
      #expect(report["\(command)ed"]?.array?.compactMap(\.string) == Array(ids.prefix(2)))
      let failed = try #require(report["failed"]?.array)
      #expect(failed.map { $0["file"]?.string } == [Self.unknown, "uploads/nosuch"])
      #expect(failed.allSatisfy { $0["error"]?["code"] == "not_found" })
      #expect(try linked("c1") == (command == "link" ? Array(ids.prefix(2)) : []))
    }
    let text = try await supastore("link", "--conversation", "c1", ids[2], "nosuch")
    #expect(text.exitStatus == 3 && text.output == "1 linked, 1 failed\n")
    #expect(text.errors.hasPrefix("supastore: warning: nosuch: no file nosuch is stored\n"))
  }

  @Test func `only absent files make no conversation and end with 4`() async throws {
    for command in ["link", "unlink"] {
      let run = try await supastore(command, "--conversation", "c1", Self.unknown, "nosuch", "--json")
      #expect(run.exitStatus == 4)
    }
    #expect(try supastore.project.query("select from conversations").isEmpty)
    let (report, _) = try await run("link", "c1", [Self.unknown])
    #expect(report["conversation_id"] == .null && report["continuation_id"] == "c1")
  }

  @Test func `a conversation is made unless that is not wanted, and found by its uuid`() async throws {
    let ids = try insertFiles(2)
    for arguments in [["link", "--no-create"], ["unlink"]] {
      let run = try await supastore.run(arguments + ["--json", "--conversation", "c1", ids[0]])
      #expect(run.exitStatus == 4 && run.output == "")
      #expect(try run.error?["code"] == "not_found")
    }
    #expect(try supastore.project.query("select from conversations").isEmpty)
    _ = try await run("link", "c1", [ids[0]])
    let uuid = try #require(try supastore.project.query("select id from conversations")[0][0])
    let (report, _) = try await run("link", uuid.uppercased(), [ids[1]])
    #expect(report["conversation_id"]?.string == uuid && report["continuation_id"] == "c1")
    #expect(try linked("c1") == ids)
    #expect(try await supastore("link", "--no-create", "--conversation", uuid, ids[0]).output == "1 linked already\n")

    // A uuid that is a continuation id means that one, even where it is another row's id.
    _ = try supastore.project.query("insert into conversations (continuation_id) values ($1)", uuid)
    let (other, _) = try await run("link", uuid, [ids[0]])
    #expect(other["continuation_id"]?.string == uuid && other["conversation_id"]?.string != uuid)
    #expect(try linked(uuid) == [ids[0]])
  }

  @Test func `a file that goes away between look and link is one that failed`() async throws {
    let ids = try insertFiles(3)
    // The deletion runs inside the first insert of links, as if it had come just before.
    try supastore.project.query(
      """
      create function go() returns trigger language plpgsql as $$
      begin delete from files where storage_path = 'uploads/x/00002'; return null; end $$
      """)
    try supastore.project.query(
      "create trigger go after insert on conversations for each statement execute function go()")
    let (report, status) = try await run("link", "c1", ids)
    #expect(status == 3)
    #expect(report["linked"]?.array?.compactMap(\.string) == [ids[0], ids[2]])
    #expect(report["failed"]?.array?.map { $0["file"]?.string } == [ids[1]])
  }

  @Test func `what is missing on the command line is said`() async throws {
    for arguments in [["link", Self.unknown], ["unlink", Self.unknown], ["link", "--conversation", "c1"]] {
      let run = try await supastore.run(arguments)
      #expect(run.exitStatus == 2 && run.errors.contains("is missing"), "\(run.errors)")
    }
  }

  @Test func `the same bytes belong to each conversation on their own, and are shared by link only`() async throws {
    try await supastore.setUp()
    let directory = try TemporaryDirectory()
    try directory.write("print()".utf8, to: "a.py")
    var ids: [String] = []
    for conversation in ["c1", "c2"] {
      let run = try await supastore("upload", "--json", "--conversation", conversation, directory["a.py"])
      let file = try #require(try run.documents.first)
      #expect(file["status"] == "stored")
      ids.append(try #require(file["id"]?.string))
    }
    #expect(ids[0] != ids[1])
    #expect(try linked("c1") == [ids[0]] && (try linked("c2")) == [ids[1]])
    #expect(try await run("link", "c2", [ids[0]]).1 == 0)
    #expect(try Set(linked("c2")) == Set(ids))
    let info = try #require(try await supastore("info", "--json", ids[0]).documents.first)
    #expect(Set(info["conversations"]?.array?.compactMap { $0["continuation_id"]?.string } ?? []) == ["c1", "c2"])
  }
}
