import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `migrate` as a user runs it.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct MigrateTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
  }

  /// Eight files in three directories under `documents`, of which one is empty and one is a link's target.
  private func writeDocuments() throws -> String {
    for name in ["a.txt", "b.md", "notes/c.txt", "notes/d.tmp", "notes/deep/e.txt", "drafts/f.txt", "drafts/g.md"] {
      try tree.write("content of \(name)".utf8, to: "documents/\(name)")
    }
    try tree.write([], to: "documents/empty")
    symlink("a.txt", tree["documents/link"])
    mkfifo(tree["documents/pipe"], 0o600)
    return tree["documents"]
  }

  private func names(_ run: Run, _ status: String) throws -> Set<String> {
    let root = tree["documents"] + "/"
    return try Set(
      run.documents("file").filter { $0["status"]?.string == status }
        .compactMap { $0["path"]?.string?.replacing(root, with: "") })
  }

  @Test func `every file is stored with its row and link, and the summary adds up`() async throws {
    try await supastore.setUp()
    let run = try await supastore("migrate", "--json", writeDocuments())
    #expect(run.exitStatus == 0 && run.errors == "")
    let summary = try run.summary
    #expect(summary["scanned"] == 10 && summary["stored"] == 8 && summary["skipped"] == 2 && summary["error"] == .null)
    #expect(try names(run, "skipped") == ["link", "pipe"])
    #expect(try supastore.counts() == StoredCounts(each: 8))
    for file in try run.documents("file") where file["status"] == "stored" {
      let path = try #require(file["path"]?.string)
      let row = try supastore.project.query(
        """
        select f.original_name, f.size_bytes, f.storage_path, c.continuation_id, c.id from files f
        join conversation_files l on l.file_id = f.id join conversations c on c.id = l.conversation_id
        where f.id = $1::uuid
        """, file["id"]?.string)[0]
      #expect(row[0] == path.split(separator: "/").last.map(String.init))
      #expect(row[1] == String(try Data(contentsOf: URL(filePath: path)).count))
      #expect(
        row[2] == file["storage_path"]?.string && row[3] == "documents" && row[4] == file["conversation_id"]?.string)
    }
  }

  @Test func `for people there is one line at the end`() async throws {
    try await supastore.setUp()
    let run = try await supastore("migrate", writeDocuments())
    #expect(run.exitStatus == 0 && run.errors == "")
    #expect(run.output.wholeMatch(of: #/10 files: 8 stored, 2 skipped; \d+ B, \d+ requests, \d+(ms|s)\n/#) != nil)
  }

  @Test func `the source is left as it was, to the nanosecond`() async throws {
    try await supastore.setUp()
    let root = try writeDocuments()
    chmod(root + "/a.txt", 0o444)
    let before = try fingerprint(of: root)
    #expect(before.split(separator: "\n").count == 14)
    _ = try await supastore("migrate", "--dry-run", root)
    _ = try await supastore("migrate", root)
    _ = try await supastore("migrate", "--verify", "full", root)
    #expect(try fingerprint(of: root) == before)
  }

  /// Kind, mode, size, both times, and content of everything below a directory.
  private func fingerprint(of root: String) throws -> String {
    let names = try FileManager.default.subpathsOfDirectory(atPath: root).sorted() + [""]
    return try names.map { name in
      var status = stat()
      try #require(lstat("\(root)/\(name)", &status) == 0)
      let isFile = status.st_mode & S_IFMT == S_IFREG
      let content = isFile ? try Data(contentsOf: URL(filePath: "\(root)/\(name)")) : Data()
      return "\(name) \(status.st_mode) \(status.st_size) \(status.st_mtim) \(status.st_ctim) \(Array(content))"
    }.joined(separator: "\n")
  }

  @Test func `the roots come from TEST_FILES_DIR when none are named`() async throws {
    try await supastore.setUp()
    try tree.write("1".utf8, to: "one/f")
    try tree.write("2".utf8, to: "two/f")
    let given = supastore.with(["TEST_FILES_DIR": "\(tree["one"]);\(tree["two"])"])
    let summary = try await given("migrate", "--json").summary
    #expect(summary["stored"] == 2)
    #expect(
      try supastore.project.query("select continuation_id from conversations order by 1") == [["one"], ["two"]])
  }

  @Test func `a dry run tells what the run then does, and writes nothing`() async throws {
    try await supastore.setUp()
    let root = try writeDocuments()
    try supastore.project.query("update storage.buckets set file_size_limit = 20 where id = 'user-files'")
    supastore.project.forgetRequests()
    let run = try await supastore("migrate", "--dry-run", "--json", root)
    #expect(run.exitStatus == 0)
    let plan = try #require(try run.documents.last)
    #expect(plan["type"] == "plan")
    #expect(try supastore.counts() == StoredCounts(each: 0))
    #expect(try supastore.project.query("select from conversations").isEmpty)
    #expect(supastore.project.requests().allSatisfy { $0.method == "GET" || $0.method == "HEAD" })

    let real = try await supastore("migrate", "--json", root).summary
    #expect(plan["send_files"] == real["stored"] && plan["refused"] == real["failed"])
    #expect(plan["skipped"] == real["skipped"] && plan["files"] == real["stored"])
    #expect(plan["send_bytes"] == real["bytes"] && plan["requests"] == real["requests"])

    let again = try #require(try await supastore("migrate", "--dry-run", "--json", root).documents.last)
    let second = try await supastore("migrate", "--json", root).summary
    #expect(again["send_files"] == 0 && again["unchanged"] == real["stored"])
    #expect(second["unchanged"] == real["stored"] && second["requests"] == again["requests"])
  }

  @Test func `for people a dry run is four lines after what it would pass over`() async throws {
    try await supastore.setUp()
    let run = try await supastore("migrate", "-n", writeDocuments())
    #expect(run.exitStatus == 0 && run.errors == "")
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(
      Set(lines.prefix(2)) == [
        "skipped \(tree["documents/link"]): symbolic link", "skipped \(tree["documents/pipe"]): named pipe",
      ])
    #expect(lines.dropFirst(2).first?.hasPrefix("8 files, ") == true)
    #expect(lines.dropFirst(3).first?.hasPrefix("8 to send, ") == true && lines.count == 6)
    #expect(
      Array(lines.suffix(2).map { $0.split(separator: " ").dropFirst() }.joined()) == [
        "refused,", "2", "skipped", "requests", "needed",
      ])
  }

  @Test func `patterns choose files as in gitignore`() async throws {
    try await supastore.setUp()
    let root = try writeDocuments()
    let run = try await supastore(
      "migrate", "--json", "--include", "*.txt", "--include", "*.tmp", "--exclude", "drafts/", "--exclude", "*.tmp",
      root)
    #expect(run.exitStatus == 0)
    #expect(try names(run, "stored") == ["a.txt", "notes/c.txt", "notes/deep/e.txt"])
    #expect(try supastore.counts() == StoredCounts(each: 3))
  }

  @Test func `a conversation and a type decide path, bucket and link`() async throws {
    try await supastore.setUp()
    let run = try await supastore(
      "migrate", "--json", "--conversation", "7d3f/x", "--type", "generated", "--jobs", "1", writeDocuments())
    #expect(try run.summary["stored"] == 8)
    #expect(
      try supastore.project.query(
        "select count(*) from storage.objects where bucket_id = 'generated-files' and name like 'generated/7d3f\\_x/%'")
        == [["8"]])
    #expect(try supastore.project.query("select continuation_id from conversations") == [["7d3f/x"]])
    #expect(try supastore.project.query("select distinct file_type from files") == [["generated"]])
  }

  @Test func `a second run sends nothing, with the journal and without`() async throws {
    try await supastore.setUp()
    let root = try writeDocuments()
    _ = try await supastore("migrate", root)
    for state in [supastore.stateDirectory, tree["other state"]] {
      supastore.project.forgetRequests()
      let summary = try await supastore("migrate", "--json", "--state-dir", state, root).summary
      #expect(summary["unchanged"] == 8 && summary["stored"] == 0)
      #expect(
        !supastore.project.requests().contains { $0.method == "POST" && $0.target.contains("/object/user-files") })
    }
    #expect(try supastore.counts() == StoredCounts(each: 8))
  }

  @Test func `a file that was written to becomes a further one`() async throws {
    try await supastore.setUp()
    let root = try writeDocuments()
    _ = try await supastore("migrate", root)
    try tree.write("new content".utf8, to: "documents/a.txt")
    let summary = try await supastore("migrate", "--json", root).summary
    #expect(summary["stored"] == 1 && summary["unchanged"] == 7)
    #expect(try supastore.counts() == StoredCounts(each: 9))
  }

  @Test func `an empty directory is nothing to do`() async throws {
    try await supastore.setUp()
    mkdir(tree["none"], 0o700)
    let run = try await supastore("migrate", tree["none"])
    #expect(run.exitStatus == 0 && run.output.hasPrefix("0 files: nothing to do; "))
  }

  @Test(arguments: ["POST", "GET"])
  func `trouble on the way is got over`(_ method: String) async throws {
    try await supastore.setUp()
    let faults = [StandInInstance.Fault.Action.reset, .dropAnswer, .status, .garbage].enumerated()
    for (index, action) in faults {
      var fault = StandInInstance.Fault(action, on: "\(method) *", nth: 2 + 2 * index)
      fault.status = 503
      supastore.project.add(fault)
    }
    let summary = try await supastore("migrate", "--json", writeDocuments()).summary
    #expect(summary["stored"] == 8 && summary["failed"] == 0)
    #expect(try supastore.counts() == StoredCounts(each: 8))
  }

  @Test func `names of secrets are refused, said before, and stored when somebody says so`() async throws {
    try await supastore.setUp()
    for name in [".env", "keys/id_rsa", "a.txt"] { try tree.write(Array(name.utf8), to: "root/\(name)") }
    let plan = try await supastore("migrate", "--dry-run", "--json", tree["root"])
    #expect(try plan.documents("file").map { $0["error"]?["code"] } == ["sensitive", "sensitive"])
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect(run.exitStatus == 3)
    #expect(try run.summary["stored"] == 1 && run.summary["failed"] == 2)
    #expect(try supastore.counts() == StoredCounts(each: 1))
    let all = try await supastore("migrate", "--json", "--allow-sensitive", tree["root"])
    #expect(try all.exitStatus == 0 && all.summary["stored"] == 2 && all.summary["unchanged"] == 1)
  }
}
