import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `download` of one file and of many, and where they go.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct DownloadTests {
  static let objects = "GET /storage/v1/object/authenticated/*"
  let supastore: Supastore
  let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    try #require(mkdir(tree["target"], 0o700) == 0)
  }

  /// Stores a file and returns its id.
  func store(_ content: some Sequence<UInt8>, as name: String, _ arguments: String...) async throws -> String {
    try tree.write(content, to: name)
    let run = try await supastore.run(["upload", "--json", tree[name]] + arguments)
    try #require(run.exitStatus == 0, "\(run.errors)")
    return try #require(try run.documents.first?["id"]?.string)
  }

  func names(_ directory: String = "target") throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: tree[directory]).sorted()
  }

  func only(_ run: Run) throws -> JSONValue {
    try #require(run.exitStatus == 0, "\(run.errors)")
    return try #require(try run.documents.first)
  }

  // MARK: the guide

  @Test func `File Download Test`() async throws {
    try await supastore.setUp()
    // Download a recently uploaded file.
    let recent = try await store("recent".utf8, as: "recent.txt", "--conversation", "c1")
    #expect(try await supastore("download", recent, "-o", tree["target/recent"]).exitStatus == 0)
    #expect(try tree.read("target/recent") == Array("recent".utf8))
    // Download a file from a different conversation, in a container that has never seen it.
    let other = try await store("other".utf8, as: "other.txt", "--conversation", "c2")
    let elsewhere = try Supastore()
    #expect(try await elsewhere("download", other, "-o", tree["target/other"]).exitStatus == 0)
    #expect(try tree.read("target/other") == Array("other".utf8))
    // Download a non-existent file.
    let missing = try await supastore(
      "download", "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "-o", tree["target/x"], "--json")
    #expect(missing.exitStatus == 4)
    #expect(try missing.error?["code"] == "not_found")
    #expect(try names() == ["other", "recent"])
  }

  // MARK: many

  @Test func `many come at once, and each that fails is told`() async throws {
    try await supastore.setUp()
    var ids: [String] = []
    for number in 0..<9 { ids.append(try await store("file \(number)".utf8, as: "f\(number)")) }
    supastore.project.forgetRequests()
    let run = try await supastore.run(["download", "-o", tree["new"], "--json", "uploads/nosuch", ids[0]] + ids)
    #expect(run.exitStatus == 3)
    #expect(try run.documents.count { $0["status"] == "downloaded" } == 9)
    let failed = try #require(try run.documents.first { $0["status"] == "failed" })
    #expect(failed["storage_path"] == "uploads/nosuch" && failed["error"]?["code"] == "not_found")
    #expect(try names("new") == (0..<9).map { "f\($0)" })
    // Two for the rows, one for each object.
    #expect(supastore.project.requestCount == 11)

    let missing = try await supastore("download", "-o", tree["target"], "uploads/nosuch", "uploads/none")
    #expect(missing.exitStatus == 4 && missing.output == "")
    #expect(missing.errors.contains("supastore: warning: uploads/nosuch: no file uploads/nosuch is stored"))
    #expect(try names().isEmpty)
  }

  @Test func `standard output gets one after the other, in the order they were named`() async throws {
    try await supastore.setUp()
    let large = try await store([UInt8](repeating: 97, count: 300_000), as: "large")
    let small = try await store("small".utf8, as: "small")
    let run = try await supastore("get", large, "uploads/nosuch", small, large, "-o", "-")
    #expect(run.exitStatus == 3)
    let letters = String(repeating: "a", count: 300_000)
    #expect(run.output == letters + "small" + letters)
    #expect(run.errors.contains("supastore: warning: uploads/nosuch: "))
  }

  @Test(arguments: [[], ["--force"]])
  func `two files of one name do not overwrite each other`(_ arguments: [String]) async throws {
    try await supastore.setUp()
    let first = try await store("one".utf8, as: "x/__init__.py")
    let second = try await store("two".utf8, as: "y/__init__.py")
    let run = try await supastore.run(["download", "--json", first, second, "-o", tree["target"]] + arguments)
    #expect(run.exitStatus == 3)
    let failed = try #require(try run.documents.first { $0["status"] == "failed" })
    #expect(failed["id"]?.string == second && failed["error"]?["code"] == "conflict")
    #expect(failed["error"]?["hint"]?.string?.contains("download \(second) -o FILE") == true)
    #expect(try tree.read("target/__init__.py") == Array("one".utf8))
  }

  @Test(arguments: [
    ["a", "b", "-o", "file", "--range", "0-1"], ["a", "--conversation", "c"], ["--name", "n"], [],
    ["a", "--range", "0-1", "--tail", "3"], ["--conversation", "c", "--tail", "3"], ["a", "--offline", "--no-cache"],
  ])
  func `what makes no sense is wrong usage`(_ arguments: [String]) async throws {
    let run = try await supastore.run(["download"] + arguments)
    #expect(run.exitStatus == 2 && run.output == "" && run.errors.contains("supastore: hint: "))
    #expect(supastore.project.requestCount == 0)
  }

  // MARK: conversations

  @Test func `a conversation is restored as the tree it was`() async throws {
    try await supastore.setUp()
    let paths = ["__init__.py", "a/__init__.py", "a/b/__init__.py", "a/b/Grüße 文件 #1%.txt", "c/empty"]
    for path in paths { try tree.write(path == "c/empty" ? [] : Array("content of \(path)".utf8), to: "root/\(path)") }
    let migrated = try await supastore("migrate", tree["root"], "--conversation", "c1")
    try #require(migrated.exitStatus == 0, "\(migrated.errors)")
    _ = try await store("of another".utf8, as: "other", "--conversation", "c2")
    let run = try await supastore("download", "--conversation", "c1", "-o", tree["restored"])
    #expect(run.exitStatus == 0, "\(run.errors)")
    #expect(Set(run.output.split(separator: "\n").map(String.init)) == Set(paths.map { tree["restored/\($0)"] }))
    for path in paths { #expect(try tree.read("restored/\(path)") == tree.read("root/\(path)")) }
    #expect(try names("restored").count == paths.count + 3)
    let again = try await supastore("download", "--conversation", "c1", "-o", tree["restored"])
    #expect(again.exitStatus == 7, "\(again.errors)")
    #expect(try await supastore("download", "--conversation", "nosuch", "-o", tree["target"]).exitStatus == 4)
  }

  @Test func `of one name the newest comes, and the others are counted`() async throws {
    try await supastore.setUp()
    for version in ["one", "two", "three"] {
      _ = try await store(version.utf8, as: "notes.txt", "--conversation", "c1")
      _ = try await store("\(version) of c2".utf8, as: "notes.txt", "--conversation", "c2")
    }
    let run = try await supastore("download", "--conversation", "c1", "--name", "notes.txt", "-o", "-")
    #expect(run.exitStatus == 0 && run.output == "three")
    #expect(run.errors.contains("the newest of 3 files named notes.txt"))
    let quiet = try await supastore("get", "--conversation", "c1", "--name", "notes.txt", "-o", tree["target"], "-q")
    #expect(quiet.exitStatus == 0 && quiet.errors == "")
    #expect(try names() == ["notes.txt"])
    let missing = try await supastore("download", "--conversation", "c1", "--name", "other", "--json")
    #expect(missing.exitStatus == 4)
    #expect(try missing.error?["code"] == "not_found")
  }

  @Test(arguments: [
    ("../../x", "x"), ("/etc/x", "etc/x"), ("a/../../x", "a/x"), ("a//b/./x", "a/b/x"), ("", "notes.txt"),
    ("a/..", "notes.txt"), ("..", "notes.txt"), (String(repeating: "n", count: 256) + "/x", "x"), ("x/", "notes.txt"),
  ])
  func `no row leads out of the directory`(_ path: String, _ expected: String) async throws {
    try await supastore.setUp()
    _ = try await store("content".utf8, as: "notes.txt", "--conversation", "c1")
    try supastore.project.query(
      "update files set metadata = metadata || jsonb_build_object('relative_path', $1::text)", path)
    let run = try await supastore("download", "--conversation", "c1", "-o", tree["target/inner"])
    #expect(run.exitStatus == 0, "\(run.errors)")
    #expect(try tree.read("target/inner/\(expected)") == Array("content".utf8))
    #expect(try names().allSatisfy { $0 == "inner" || $0.hasPrefix("inner/") })
  }

  @Test(arguments: [[], ["--force"]])
  func `a link inside the directory is not followed`(_ arguments: [String]) async throws {
    try await supastore.setUp()
    for path in ["a/x", "b/x"] { try tree.write(path.utf8, to: "root/\(path)") }
    _ = try await supastore("migrate", tree["root"], "--conversation", "c1")
    try #require(mkdir(tree["outside"], 0o700) == 0)
    symlink(tree["outside"], tree["target/a"])
    let run = try await supastore.run(["download", "--conversation", "c1", "-o", tree["target"]] + arguments)
    #expect(run.exitStatus == 3, "\(run.errors)")
    #expect(run.errors.contains("cannot write \(tree["target/a/x"])"))
    #expect(try tree.read("target/b/x") == Array("b/x".utf8))
    #expect(try names("outside").isEmpty)
  }

  // MARK: parts

  @Test(arguments: [
    (["--range", "2-4"], "234", 2), (["--range=7-"], "789", 7), (["--range", "-2"], "89", 8),
    (["--tail", "3"], "789", 7),
    (["--range", "0-100"], "0123456789", 0), (["--tail", "1KiB"], "0123456789", 0), (["--range", "9-9"], "9", 9),
  ])
  func `a part is those bytes`(_ arguments: [String], _ expected: String, _ offset: Int) async throws {
    try await supastore.setUp()
    let id = try await store("0123456789".utf8, as: "digits")
    let run = try await supastore.run(["download", id, "--json", "-o", tree["target"]] + arguments)
    let document = try only(run)
    #expect(document["verified"] == false && document["source"] == "remote")
    #expect(document["range"]?["offset"]?.int == offset && document["range"]?["total"] == 10)
    #expect(document["size_bytes"]?.int == expected.utf8.count)
    #expect(try tree.read("target/digits") == Array(expected.utf8))
    #expect(supastore.project.requests().last?.status == 206)
    // Nothing but the whole is kept.
    #expect(try await supastore("cache", "info", "--json").documents.first?["files"] == 0)
    #expect(try await supastore.run(["download", id, "-o", "-"] + arguments).output == expected)
  }

  @Test func `a part beyond the end is an error, the end of nothing is nothing`() async throws {
    try await supastore.setUp()
    let id = try await store("0123456789".utf8, as: "digits")
    let empty = try await store([], as: "empty")
    for (id, range) in [(id, "10-"), (id, "10-12"), (empty, "0-0")] {
      let run = try await supastore("download", id, "--range", range, "-o", tree["target"], "--json")
      #expect(run.exitStatus == 2 && run.output == "")
      #expect(try run.error?["message"]?.string?.hasPrefix("the range begins beyond the") == true)
    }
    #expect(try names().isEmpty)
    let run = try await supastore("download", empty, "--tail", "5", "-o", "-")
    #expect(run.exitStatus == 0 && run.output == "")
    // A row that does not say how long its object is.
    try supastore.project.query("update files set size_bytes = null")
    #expect(try await supastore("download", id, "--tail", "3", "-o", "-").output == "789")
    #expect(try await supastore("download", id, "--range", "10-", "-o", "-").exitStatus == 2)
    #expect(try await supastore("download", empty, "--tail", "3", "-o", "-").exitStatus == 0)
  }

  @Test func `another range than the one asked for is no download`() async throws {
    try await supastore.setUp()
    let id = try await store("0123456789".utf8, as: "digits")
    for (status, field) in [(206, "bytes 0-2/10"), (206, "bytes 2-4/99"), (206, "rows"), (200, "")] {
      var fault = StandInInstance.Fault(.status, on: Self.objects)
      fault.status = status
      fault.headers = ["Content-Range": field]
      fault.body = "abc"
      supastore.project.add(fault)
      let run = try await supastore("download", id, "--range", "2-4", "-o", tree["target"])
      #expect(run.exitStatus != 0, "\(field)")
      #expect(try names().isEmpty)
      supastore.project.removeFaults()
    }
  }

  // MARK: broken transfers
}
