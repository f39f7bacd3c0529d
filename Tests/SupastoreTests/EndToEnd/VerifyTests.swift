import Glibc
import TestSupport
import Testing

/// `verify` as a user runs it: each difference is found, and nothing else.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct VerifyTests {
  private let fixture: VerifyFixture
  private var supastore: Supastore { fixture.supastore }
  private var tree: TemporaryDirectory { fixture.tree }

  init() throws {
    fixture = try VerifyFixture()
  }

  @Test func `nothing differs after a migration, with sources and reading, too`() async throws {
    try await fixture.store()
    for arguments in [[], [tree["root"]], ["--read", tree["root"]]] {
      let run = try await supastore.run(["verify", "--json"] + arguments)
      #expect(run.exitStatus == 0 && run.errors == "")
      let summary = try run.summary
      #expect(summary["rows"] == 8 && summary["objects"] == 8 && summary["same"] == 8 && summary["differences"] == 0)
      #expect(summary["sources"] == (arguments.isEmpty ? .null : 8))
      #expect(summary["read"] == (arguments.count > 1 ? 8 : 0))
      #expect(try run.documents("file").isEmpty)
    }
    let text = try await supastore("verify")
    let line =
      "8 rows, 8 objects: no differences in what is listed (8 same); no byte asked for of 8 (--touch, --read); "
    #expect(text.output.hasPrefix(line))
    #expect(text.output.dropFirst(line.count).wholeMatch(of: #/\d+ requests, \d+(ms|s)\n/#) != nil)
    let all = try await supastore("verify", "--all")
    #expect(all.output.contains("= user-files/\(try fixture.file("a.txt").path)  same\n"))
    #expect(all.output.split(separator: "\n").count == 9)
  }

  @Test func `each difference is told with its sign and word`() async throws {
    try await fixture.store()
    try await fixture.deleteObject(fixture.file("a.txt").path)
    try fixture.deleteRow("B.txt")
    try supastore.project.query("update files set size_bytes = 1 where original_name = '_c'")
    try await fixture.write("content of D-e.md", to: fixture.file("d-e.md").path, overwriting: true)
    try supastore.project.removeBlob(bucket: "user-files", key: fixture.file("10.txt").path)
    try await fixture.write("whatever", to: "uploads/of/another/program.txt")

    let listed = try await supastore("verify", "--grace", "0s")
    #expect(listed.exitStatus == 8)
    let signs = listed.output.split(separator: "\n").dropLast().map {
      "\($0.prefix(1)) \($0.split(separator: "  ")[1])"
    }
    #expect(
      Set(signs) == ["+ object_missing", "- row_missing", "* size_differs, 1 bytes expected, 13 there"])
    let read = try await fixture.verify("--read", "--all")
    #expect(read.exitStatus == 8)
    let found = try read.documents("file").compactMap { $0["status"]?.string }
    #expect(
      found.sorted() == [
        "bytes_missing", "digest_differs", "foreign_object", "object_missing", "row_missing", "same", "same", "same",
        "size_differs",
      ])
    let summary = try read.summary
    #expect(summary["differences"] == 5 && summary["same"] == 3 && summary["unreadable"] == 0)
    #expect(summary["foreign_object"] == 1 && summary["read"] == 4)
  }

  @Test func `sources that are not stored, or other ones by now, are told`() async throws {
    try await fixture.store()
    try tree.write("new".utf8, to: "root/new.txt")
    try tree.write("changed".utf8, to: "root/a.txt")
    try await fixture.write("content of X.txt", to: fixture.file("B.txt").path, overwriting: true)
    let path = try fixture.file("_c").path
    try fixture.deleteRow("_c")
    try supastore.project.query(
      "insert into files (storage_path, original_name, size_bytes) values ($1, 'another', 13)", path)
    let run = try await fixture.verify(tree["root"])
    #expect(run.exitStatus == 8)
    #expect(
      try run.found() == [
        "new.txt": "not_stored", "a.txt": "source_differs", "B.txt": "digest_differs", "_c": "row_differs",
      ])
    // Without sources the lists look all right.
    #expect(try await fixture.verify().exitStatus == 0)
    #expect(try await fixture.verify("--exclude", "*", tree["root"]).exitStatus == 0)
    #expect(try await fixture.verify("--conversation", "another", tree["root"]).summary["not_stored"] == 9)
  }

  @Test func `a source that cannot be read has its own exit status`() async throws {
    try await fixture.store(["a", "b"])
    try supastore.project.query("update storage.buckets set file_size_limit = 5 where id = 'user-files'")
    let run = try await fixture.verify(tree["root"])
    #expect(run.exitStatus == 3)
    #expect(try run.found() == ["a": "unreadable", "b": "unreadable"])
  }

  @Test func `the roots of TEST_FILES_DIR count only with --sources`() async throws {
    try await fixture.store()
    let given = supastore.with(["TEST_FILES_DIR": tree["root"]])
    #expect(try await given("verify", "--json").summary["sources"] == .null)
    #expect(try await given("verify", "--json", "--sources").summary["sources"] == 8)
    #expect(try await supastore("verify", "--json", "--sources").exitStatus == 2)
  }

  @Test func `what is young or in the trash is no difference`() async throws {
    try await fixture.deploySchema()
    try await fixture.store()
    for name in ["a.txt", "_c"] {
      try fixture.project.query(
        """
        insert into supastore_trash (bucket, key, rule, run_id, file_id, state)
        select 'user-files', storage_path, 'deleted', gen_random_uuid(), id, $2 from files where original_name = $1
        """, name, name == "_c" ? "purged" : "trashed")
      try fixture.deleteRow(name)
    }
    try fixture.deleteRow("B.txt")
    let young = try await supastore("verify", "--json", "--all")
    #expect(young.exitStatus == 0)
    #expect(try young.summary["pending"] == 3 && young.summary["same"] == 5)
    let old = try await fixture.verify("--all")
    #expect(old.exitStatus == 8)
    #expect(try old.summary["trashed"] == 1 && old.summary["row_missing"] == 2)

    // Nothing that is in the trash, or was, comes back.
    let repair = try await fixture.verify("--repair")
    #expect(repair.exitStatus == 8)
    #expect(try repair.summary["repaired"] == 1 && repair.summary["differences"] == 1)
    #expect(try fixture.project.query("select original_name from files where original_name in ('a.txt', '_c')").isEmpty)
    #expect(try fixture.project.query("select state from supastore_trash order by 1") == [["purged"], ["trashed"]])
  }

  @Test func `a trash that should be there and cannot be asked is no empty one`() async throws {
    try await fixture.deploySchema()
    try await fixture.store(["a"])
    try fixture.deleteRow("a")
    var fault = StandInInstance.Fault(.status, on: "GET /rest/v1/supastore_trash", count: 0)
    fault.status = 404
    fault.body = #"{"code":"PGRST205","details":null,"hint":null,"message":"Could not find the table"}"#
    fault.headers = ["Content-Type": "application/json"]
    fixture.project.add(fault)
    let run = try await fixture.verify("--repair")
    #expect(run.exitStatus == 1)
    #expect(try run.summary["error"]?["code"] == "setup")
    #expect(try fixture.project.query("select from files").isEmpty)
  }

  @Test func `a row that names a bucket which is not there lacks its object, and the check goes on`() async throws {
    try await fixture.store()
    try fixture.project.query(
      """
      insert into files (storage_path, original_name, metadata)
      values ('x/y', 'y', jsonb_build_object('bucket', 'nosuch', 'sha256', repeat('a', 64)))
      """)
    for arguments in [["--repair"], []] {
      let run = try await supastore.run(["verify", "--json"] + arguments)
      #expect(run.exitStatus == 8)
      #expect(try run.summary["object_missing"] == 1 && run.summary["same"] == 8)
    }
  }

  @Test func `digests in upper case are the same, and what is none says nothing`() async throws {
    try await fixture.store()
    try fixture.project.query(
      "update files set metadata = metadata || jsonb_build_object('sha256', upper(metadata ->> 'sha256'))")
    #expect(try await fixture.verify("--read").summary["same"] == 8)
    let file = try fixture.file("a.txt")
    try fixture.project.query(
      "update files set metadata = metadata || '{\"sha256\": \"no digest\"}' where id = $1::uuid", file.id)
    #expect(try await fixture.verify("--read").summary["same"] == 8)
    let download = try await supastore("download", file.id, "-o", "-", "--no-cache")
    #expect(download.exitStatus == 0 && download.output == "content of a.txt", "\(download.errors)")
  }

  @Test func `without a bucket nothing is concluded`() async throws {
    let run = try await supastore("verify", "--json")
    #expect(run.exitStatus == 1)
    #expect(try run.summary["error"]?["code"] == "setup")
  }

  @Test func `a sample reads its part, and needs to be asked to read`() async throws {
    try await fixture.store()
    let run = try await supastore("verify", "--json", "--read", "--sample", "1/3")
    #expect(run.exitStatus == 0)
    let expected = try fixture.project.query(
      """
      select count(*) from files where ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint % 3
        = floor(extract(epoch from now()) / 86400)::bigint % 3
      """)[0][0]
    #expect(try run.summary["read"]?.int.map { String($0) } == expected)
    #expect(try run.summary["same"] == 8 && run.summary["sample"] == "1/3")
    #expect(try await supastore("verify", "--sample", "1/3").exitStatus == 2)
    #expect(try await supastore("verify", "--read", "--sample", "2/3").exitStatus == 2)
  }

  @Test func `a signal ends it, and so does a service that is down`() async throws {
    try await fixture.store()
    let downloads = "GET /storage/v1/object/authenticated/*"
    var slow = StandInInstance.Fault(.delay, on: downloads, count: 0)
    slow.milliseconds = 300
    supastore.project.add(slow)
    let program = try supastore.start("verify", "--json", "--read", "--jobs", "1")
    await supastore.project.wait(for: 2, on: downloads)
    program.send(SIGTERM)
    let run = Run(await program.outcome)
    #expect(run.exitStatus == 128 + SIGTERM)
    #expect(try run.summary["error"]?["code"] == "interrupted" && run.summary["same"]?.int ?? 8 < 8)
    supastore.project.removeFaults()
    let down = try await supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"])("verify", "--json")
    #expect(down.exitStatus == 6)
    #expect(try down.summary["error"]?["code"] == "unreachable")
  }

  @Test func `scenario 35, 300 files are verified to the last one`() async throws {
    try await supastore.setUp()
    for number in 0..<300 { try tree.write("file \(number)".utf8, to: "root/d\(number % 7)/f\(number).txt") }
    let given = supastore.with(["TEST_FILES_DIR": tree["root"]])
    _ = try await given("upload", "--quiet", "--conversation", "root", tree["root/d0"], "-r")
    let partly = try await given("verify", "--json", "--sources")
    #expect(partly.exitStatus == 8)
    #expect(try partly.summary["not_stored"] == 300)
    #expect(try await given("migrate", "--quiet").exitStatus == 0)
    let whole = try await given("verify", "--json", "--sources", "--read")
    #expect(whole.exitStatus == 0)
    let summary = try whole.summary
    #expect(summary["sources"] == 300 && summary["differences"] == 0 && summary["read"]?.int == summary["rows"]?.int)
    let status = try #require(try await given("status", "--json").documents.last)
    guard case .array(let runs)? = status["runs"] else {
      Issue.record("no runs")
      return
    }
    #expect(runs.first?["command"] == "verify" && runs.first?["failed"] == 0)
  }
}
