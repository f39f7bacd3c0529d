import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// `upload` and `download` in their simple forms.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct TransferTests {
  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
    try directory.write("some notes".utf8, to: "notes.txt")
    try #require(mkdir(directory["target"], 0o700) == 0)
  }

  private func upload(_ arguments: String...) async throws -> JSONValue {
    let run = try await supastore.run(["upload", "--json", directory["notes.txt"]] + arguments)
    try #require(run.exitStatus == 0, "\(run.errors)")
    return try #require(try run.documents.first)
  }

  private func targetNames() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory["target"]).sorted()
  }

  // MARK: upload

  @Test func `an upload prints id and path, and again the same`() async throws {
    try await supastore.setUp()
    let first = try await supastore("upload", directory["notes.txt"])
    #expect(first.exitStatus == 0 && first.errors == "")
    let match = try #require(
      first.output.wholeMatch(of: #/stored ([0-9a-f-]{36}) (uploads\/unfiled\/notes\.([0-9a-f]{16})\.txt)\n/#))
    #expect(match.1.replacing("-", with: "").hasPrefix(match.3))
    #expect(try supastore.project.query("select id, storage_path from files") == [[String(match.1), String(match.2)]])
    supastore.project.forgetRequests()
    let second = try await supastore("upload", directory["notes.txt"])
    #expect(second.output == first.output.replacing("stored", with: "unchanged"))
    #expect(!supastore.project.requests().contains { $0.method == "POST" && $0.target.contains("/object/") })
  }

  @Test func `a conversation links it, and migrate knows it then`() async throws {
    try await supastore.setUp()
    let file = try await upload("--conversation", "7d3f", "--type", "generated")
    #expect(file["continuation_id"] == "7d3f" && file["bucket"] == "generated-files")
    #expect(try supastore.counts() == StoredCounts(each: 1))
    let migrated = try await supastore(
      "migrate", "--json", "--conversation", "7d3f", "--type", "generated", "--include", "notes.txt", directory.path)
    #expect(try migrated.summary["unchanged"] == 1)
  }

  @Test func `what is no file that can be stored is told and stores nothing`() async throws {
    try await supastore.setUp()
    try supastore.project.query("update storage.buckets set file_size_limit = 5 where id = 'user-files'")
    symlink(directory["notes.txt"], directory["link"])
    mkfifo(directory["pipe"], 0o600)
    for (name, status, words) in [
      ("nosuch", Int32(1), "no such file"), ("target", 1, "is a directory"), ("link", 1, "symbolic link"),
      ("pipe", 1, "named pipe"), ("notes.txt", 7, "10 bytes are more than"),
    ] {
      let run = try await supastore("upload", directory[name])
      #expect(run.exitStatus == status && run.output == "", "\(name)")
      #expect(run.errors.hasPrefix("supastore: error: ") && run.errors.contains(words), "\(run.errors)")
    }
    #expect(try await supastore("upload").exitStatus == 2)
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  // MARK: download

  @Test func `a download goes to a file, a directory, or standard output`() async throws {
    try await supastore.setUp()
    let file = try await upload()
    let (id, path) = (try #require(file["id"]?.string), try #require(file["storage_path"]?.string))
    let targets: [([String], String)] = [
      (["-o", directory["copy"]], "copy"), (["-o", directory["target"]], "target/notes.txt"),
      (["--output", directory["target"] + "/", "--force"], "target/notes.txt"), (["-o\(directory["third"])"], "third"),
    ]
    for reference in [id, path, id.uppercased()] {
      for (arguments, name) in targets {
        let run = try await supastore.run(["download", reference] + arguments)
        #expect(run.exitStatus == 0 && run.output == directory[name] + "\n", "\(run.errors)")
        #expect(try directory.read(name) == Array("some notes".utf8))
        unlink(directory[name])
      }
      #expect(try await supastore("get", reference, "-o", "-").output == "some notes")
    }
    let run = try await supastore("download", id, directory: directory["target"])
    #expect(run.output == "./notes.txt\n")
    #expect(try targetNames() == ["notes.txt"])
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: supastore.stateDirectory).allSatisfy {
        !$0.hasSuffix(".part")
      })
  }

  @Test func `a target that is there is kept unless --force`() async throws {
    try await supastore.setUp()
    let id = try #require(try await upload()["id"]?.string)
    try directory.write("mine".utf8, to: "target/notes.txt")
    for target in ["target", "target/notes.txt"] {
      let run = try await supastore("download", id, "-o", directory[target], "--json")
      #expect(run.exitStatus == 7 && run.output == "")
      #expect(try run.error?["code"] == "conflict" && run.error?["hint"]?.string?.contains("--force") == true)
    }
    #expect(try directory.read("target/notes.txt") == Array("mine".utf8))
    #expect(try await supastore("download", id, "-o", directory["target"], "--force").exitStatus == 0)
    #expect(try directory.read("target/notes.txt") == Array("some notes".utf8))
    #expect(try targetNames() == ["notes.txt"])
  }

  @Test(arguments: [[], ["--force"]])
  func `what is no file is never replaced`(_ arguments: [String]) async throws {
    try await supastore.setUp()
    let id = try #require(try await upload()["id"]?.string)
    try #require(mkfifo(directory["pipe"], 0o600) == 0)
    symlink(directory["notes.txt"], directory["link"])
    symlink("nowhere", directory["dangling"])
    mkdir(directory["target/notes.txt"], 0o700)
    for target in ["pipe", "link", "dangling", "target"] {
      let run = try await supastore.run(["download", id, "-o", directory[target], "--json"] + arguments)
      #expect(run.exitStatus == 7 && run.output == "", "\(target): \(run.errors)")
      #expect(try run.error?["code"] == "conflict" && run.error?["hint"]?.string?.contains("--force") == false)
    }
    var status = stat()
    #expect(lstat(directory["pipe"], &status) == 0 && status.st_mode & S_IFMT == S_IFIFO)
    #expect(lstat(directory["link"], &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    #expect(try targetNames() == ["notes.txt"])
  }

  @Test func `what is not there ends with 4, and says whether the row or the object lacks`() async throws {
    try await supastore.setUp()
    for reference in ["uploads/nosuch", "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b", "ünïcode?&#%,()"] {
      let run = try await supastore("download", reference, "--json")
      #expect(run.exitStatus == 4)
      #expect(try run.error?["code"] == "not_found")
    }
    let id = try #require(try await upload()["id"]?.string)
    try supastore.project.query(
      "do $$ begin perform set_config('storage.allow_delete_query','true',true); delete from storage.objects; end $$")
    let run = try await supastore("download", id, "-o", directory["target"], "--json")
    #expect(run.exitStatus == 4)
    #expect(try run.error?["code"] == "object_missing")
    #expect(try targetNames().isEmpty)
  }

  @Test func `bytes that are not the stored ones end with 8 and leave nothing`() async throws {
    try await supastore.setUp()
    let id = try #require(try await upload()["id"]?.string)
    var fault = StandInInstance.Fault(.corrupt, on: "GET /storage/v1/object/*", count: 0)
    fault.when = .after
    supastore.project.add(fault)
    for target in [directory["target"], directory["copy"], "-"] {
      let run = try await supastore("download", id, "-o", target, "--json")
      #expect(run.exitStatus == 8 && run.output == "")
      #expect(try run.error?["code"] == "integrity")
    }
    #expect(try targetNames().isEmpty && access(directory["copy"], F_OK) != 0)
    try directory.write("mine".utf8, to: "copy")
    #expect(try await supastore("download", id, "-o", directory["copy"], "--force").exitStatus == 8)
    #expect(try directory.read("copy") == Array("mine".utf8))
  }

  @Test(arguments: [StandInInstance.Fault.Action.truncate, .reset, .dropAnswer])
  func `a download that breaks off is tried again`(_ action: StandInInstance.Fault.Action) async throws {
    try await supastore.setUp()
    let id = try #require(try await upload()["id"]?.string)
    var fault = StandInInstance.Fault(action, on: "GET /storage/v1/object/*")
    fault.bytes = 4
    supastore.project.add(fault)
    let run = try await supastore("download", id, "-o", "-")
    #expect(run.exitStatus == 0 && run.output == "some notes")
  }

  @Test func `a target that cannot be written is named`() async throws {
    try await supastore.setUp()
    let id = try #require(try await upload()["id"]?.string)
    for target in ["nosuch/copy", "nosuch/", "notes.txt/copy"] {
      let run = try await supastore("download", id, "-o", directory[target])
      #expect(run.exitStatus == 1)
      #expect(run.errors.hasPrefix("supastore: error: cannot write \(directory[target])"), "\(run.errors)")
    }
  }

  @Test func `a foreign row is listed and fetched, its missing digest said`() async throws {
    try await supastore.setUp()
    let path = try #require(try await upload()["storage_path"]?.string)
    try supastore.project.query("update files set metadata = '{}', mime_type = null, size_bytes = null")
    #expect(try await supastore("list", "--json").documents.first?["sha256"] == .null)
    let run = try await supastore("download", path, "-o", directory["copy"])
    #expect(run.exitStatus == 0 && run.errors.hasPrefix("supastore: warning: "))
    #expect(try directory.read("copy") == Array("some notes".utf8))
  }
}
