import Glibc
import TestSupport
import Testing

/// `upload` as people and programs call it.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct UploadTests {
  let supastore: Supastore
  let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
  }

  func upload(_ arguments: String..., exitStatus: Int32 = 0) async throws -> [JSONValue] {
    let run = try await supastore.run(["upload", "--json"] + arguments)
    #expect(run.exitStatus == exitStatus, "\(run.errors)")
    #expect(try run.summary["scanned"]?.int == run.documents("file").count)
    return try run.documents("file")
  }

  func sentCount() -> Int {
    supastore.project.requests().count { $0.method == "POST" && $0.target.contains("/object/user-files/") }
  }

  @Test func `a file is stored, linked, and its conversation made in one call`() async throws {
    try await supastore.setUp()
    let path = try tree.write(String(repeating: "print(1)\n", count: 33_000).utf8, to: "a.py")
    let file = try #require(try await upload(path, "--conversation", "c1").first)
    #expect(file["status"] == "stored" && file["path"]?.string == path && file["updated"] == .array([]))
    let storagePath = try #require(file["storage_path"]?.string)
    #expect(storagePath.wholeMatch(of: #/uploads\/c1\/a\.[0-9a-f]{16}\.py/#) != nil)
    let row = try supastore.project.query(
      """
      select f.size_bytes, f.metadata->>'sha256', f.mime_type, f.metadata->>'bucket', o.metadata->>'mimetype'
      from files f join storage.objects o on o.name = f.storage_path where f.id = $1::uuid
      """, file["id"]?.string)[0]
    #expect(row[0] == "297000" && row[1] == file["sha256"]?.string && row[3] == "user-files")
    #expect(row[2] == "text/x-python" && row[2] == row[4])
    #expect(try supastore.counts() == StoredCounts(each: 1))
  }

  @Test func `what changed is stored beside what was there`() async throws {
    try await supastore.setUp()
    let path = try tree.write("old".utf8, to: "a.py")
    let first = try #require(try await upload(path, "--conversation", "c1").first)
    supastore.project.forgetRequests()
    let again = try #require(try await upload(path, "--conversation", "c1").first)
    #expect(again["status"] == "unchanged" && again["id"] == first["id"] && sentCount() == 0)
    try tree.write("new".utf8, to: "a.py")
    let second = try #require(try await upload(path, "--conversation", "c1").first)
    #expect(second["status"] == "stored" && second["id"] != first["id"])
    #expect(second["storage_path"] != first["storage_path"])
    for (file, content) in [(first, "old"), (second, "new")] {
      let id = try #require(file["id"]?.string)
      #expect(try await supastore("download", id, "-o", "-").output == content)
    }
    let listed = try await supastore("list", "--json", "--conversation", "c1").documents("file")
    #expect(listed.map { $0["original_name"] } == ["a.py", "a.py"])
    let other = try #require(try await upload(path, "--conversation", "c2").first)
    #expect(other["status"] == "stored" && other["id"] != second["id"])
    #expect(try supastore.counts() == StoredCounts(each: 3))
  }

  @Test func `a directory keeps relative names, and is to migrate what it is to upload`() async throws {
    try await supastore.setUp()
    for name in ["x/__init__.py", "y/__init__.py", "notes.tmp"] { try tree.write(name.utf8, to: "root/\(name)") }
    symlink("notes.tmp", tree["root/link"])
    let files = try await upload("-r", tree["root"], "--exclude", "*.tmp", "--conversation", "root")
    #expect(files.count { $0["status"] == "stored" } == 2 && files.count { $0["status"] == "skipped" } == 2)
    #expect(
      try supastore.project.query("select metadata->>'relative_path' from files order by 1")
        == [["x/__init__.py"], ["y/__init__.py"]])
    let summary = try await supastore("migrate", "--json", tree["root"]).summary
    #expect(summary["unchanged"] == 2 && summary["stored"] == 1)

    let mixed = try await upload("-r", tree["root/x"], tree["root/notes.tmp"])
    #expect(Set(mixed.map { $0["path"] }) == [.string(tree["root/x/__init__.py"]), .string(tree["root/notes.tmp"])])
    let refused = try await supastore("upload", tree["root"])
    #expect(refused.exitStatus == 1 && refused.errors.contains("upload -r"))
  }

  @Test func `one bad file of several is told, and the others are stored`() async throws {
    try await supastore.setUp()
    let good = try tree.write("good".utf8, to: "good")
    let other = try tree.write("other".utf8, to: "directory/other")
    let files = try await upload(good, tree["missing"], tree["directory"], exitStatus: 3)
    #expect(files.count { $0["status"] == "stored" } == 1 && files.count { $0["status"] == "failed" } == 2)
    #expect(files.filter { $0["status"] == "failed" }.allSatisfy { $0["error"]?["code"] == "unreadable" })
    let run = try await supastore("upload", good, tree["missing"], other)
    #expect(run.exitStatus == 3 && run.output.split(separator: "\n").count == 2)
    #expect(run.errors.contains("supastore: warning: failed \(tree["missing"]): "))
    #expect(try await upload(tree["missing"], exitStatus: 1).first?["error"]?["code"] == "unreadable")
  }

  @Test func `the same file named twice, and two files of one name, are all stored`() async throws {
    try await supastore.setUp()
    let one = try tree.write("one".utf8, to: "one/a.txt")
    let two = try tree.write("two".utf8, to: "two/a.txt")
    let files = try await upload(one, two, one, "--conversation", "c")
    #expect(files.count == 3 && Set(files.map { $0["id"] }).count == 2)
    #expect(try supastore.counts() == StoredCounts(each: 2))
  }

  @Test func `what is too large is refused before a byte is sent`() async throws {
    try await supastore.setUp()
    let path = try tree.write([], to: "large")
    try #require(truncate(path, 50 << 20 | 1) == 0)
    supastore.project.forgetRequests()
    for arguments in [[path], ["-", "--name", "large"]] {
      let run = try await supastore.script("exec \"$0\" upload --json \"$@\" < \(path)", arguments)
      #expect(run.exitStatus == 7)
      let file = try #require(try run.documents("file").first)
      #expect(file["error"]?["code"] == "too_large")
      #expect(file["error"]?["message"]?.string?.contains("52428800") == true)
      #expect(file["error"]?["message"]?.string?.contains("user-files") == true)
    }
    #expect(sentCount() == 0)
    try #require(truncate(path, 11 << 20) == 0)
    #expect(try await upload(path, "--type", "generated", exitStatus: 7).first?["error"]?["code"] == "too_large")
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `names of secrets are refused unless they are allowed`() async throws {
    try await supastore.setUp()
    let path = try tree.write("KEY=1".utf8, to: "root/.env")
    try tree.write("fine".utf8, to: "root/fine.txt")
    for arguments in [[path], [path, "--name", "harmless.txt"], [tree["root/fine.txt"], "--name", "id_rsa"]] {
      let run = try await supastore.run(["upload", "--json"] + arguments)
      #expect(run.exitStatus == 7)
      #expect(try run.documents("file").first?["error"]?["code"] == "sensitive")
    }
    let files = try await upload("-r", tree["root"], exitStatus: 3)
    #expect(files.count { $0["status"] == "stored" } == 1 && files.count { $0["status"] == "failed" } == 1)
    #expect(try await upload("-r", tree["root"], "--allow-sensitive").count { $0["status"] == "stored" } == 1)
    #expect(try supastore.counts().rows == 2)
  }

  @Test func `a place that was chosen is exactly there and never replaced`() async throws {
    try await supastore.setUp()
    let path = try tree.write("one".utf8, to: "a.txt")
    let place = ["--path", "reports/q1 (final).txt", "--conversation", "c"]
    let first = try #require(try await upload(path, place).first)
    #expect(first["storage_path"] == "reports/q1 (final).txt" && first["original_name"] == "a.txt")
    #expect(try await upload(path, place).first?["status"] == "unchanged")
    try tree.write("two".utf8, to: "a.txt")
    #expect(try await upload(path, place, exitStatus: 7).first?["error"]?["code"] == "conflict")
    // Without its row it is still somebody's.
    try supastore.project.query("delete from files")
    #expect(try await upload(path, place, exitStatus: 7).first?["error"]?["code"] == "conflict")
    try tree.write("one".utf8, to: "a.txt")
    #expect(try await upload(path, place).first?["id"] == first["id"])
    #expect(try await supastore("download", "reports/q1 (final).txt", "-o", "-").output == "one")
    #expect(try supastore.counts() == StoredCounts(each: 1))
  }

  func upload(_ path: String, _ arguments: [String], exitStatus: Int32 = 0) async throws -> [JSONValue] {
    let run = try await supastore.run(["upload", "--json", path] + arguments)
    #expect(run.exitStatus == exitStatus, "\(run.errors)")
    return try run.documents("file")
  }

  @Test(arguments: [
    ["-"], ["-", "-", "--name", "n"], ["a", "b", "--name", "n"], ["a", "b", "--path", "k"], ["-r", "a", "--path", "k"],
    ["a", "--path", "a//b"], ["a", "--mime", "png"], ["a", "--metadata", "sha256=0"], ["a", "--metadata", "novalue"],
    ["a", "--include", "*.c"], ["a", "--expires", "soon"], ["a", "--name", "/"], ["data:image/png;base64,%%%"],
    ["E:\\x"], ["\\\\server\\share\\x"],
  ])
  func `misuse ends with 2 and asks the service nothing`(_ arguments: [String]) async throws {
    let run = try await supastore.run(["upload"] + arguments)
    #expect(run.exitStatus == 2 && run.output == "", "\(run.errors)")
    #expect(run.errors.contains("supastore: hint: "))
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `a path of Windows lies where the map says`() async throws {
    try await supastore.setUp()
    try tree.write("mapped".utf8, to: "project/app/a.py")
    let mapped = supastore.with(["SUPASTORE_DRIVE_MAP": "C:=\(tree.path)"])
    let run = try await mapped("upload", "--json", "c:\\Project\\..\\project\\app\\a.py", "C:\\project\\app\\a.py")
    let files = try run.documents("file")
    #expect(files.allSatisfy { $0["original_name"] == "a.py" && $0["status"] == "stored" }, "\(run.errors)")
    #expect(Set(files.map { $0["path"] }).contains("C:\\project\\app\\a.py"))
    let unmapped = try await mapped("upload", "E:\\x")
    #expect(unmapped.exitStatus == 2 && unmapped.errors.contains("SUPASTORE_DRIVE_MAP"))
    #expect(unmapped.errors.contains("E:\\x"))
  }

  @Test func `of several operands one that means nothing fails alone`() async throws {
    try await supastore.setUp()
    let path = try tree.write("one".utf8, to: "a.txt")
    let run = try await supastore("upload", "--json", "E:\\x", path, "data:image/png;base64,%%%", "--conversation", "c")
    #expect(run.exitStatus == 3)
    let files = try run.documents("file")
    #expect(Set(files.map { $0["status"] }) == ["stored", "failed"])
    for (name, words) in [("E:\\x", "SUPASTORE_DRIVE_MAP"), ("data:image/png;base64,…", "data URL")] {
      let failed = try #require(files.first { $0["path"]?.string == name })
      #expect(failed["error"]?["code"] == "configuration")
      #expect(failed["error"]?["message"]?.string?.contains(words) == true)
    }
    #expect(try run.summary["scanned"] == 3 && supastore.counts() == StoredCounts(each: 1))
  }

  @Test(arguments: ["-", "a"]) func `an error names the file it is about, however short`(_ name: String) async throws {
    try await supastore.setUp()
    try supastore.project.query("update storage.buckets set file_size_limit = 5 where id = 'user-files'")
    let large = [UInt8](repeating: 7, count: 6)
    try tree.write(large, to: "a")
    let run = try await supastore.run(["upload", name, "--name", "x"], directory: tree.path, input: large)
    #expect(run.exitStatus == 7 && run.errors.hasPrefix("supastore: error: \(name): "), "\(run.errors)")
  }
}
