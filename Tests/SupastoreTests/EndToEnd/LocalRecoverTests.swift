import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// A damaged local store, looked at and recovered by the program.
@Suite(.timeLimit(.minutes(5))) struct LocalRecoverTests {
  private let supastore: LocalSupastore
  private let database = "state/local/store.sqlite"

  init() async throws {
    supastore = try LocalSupastore()
    try supastore.writeFiles(0..<30)
    // A name that is not UTF-8.
    let name = Array("\(supastore.directory["root"])/d0/".utf8) + [0xff, 0xfe] + Array(".txt".utf8) + [0]
    let file = name.withUnsafeBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.map { open($0, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600) }
    }
    close(try #require(file))
    #expect(try await supastore("migrate", "root").exitStatus == 0)
    #expect(try await supastore("conversation", "create", "talk", "--title", "A title").exitStatus == 0)
    let upload = try await supastore("upload", "root/d1/f1.txt", "--conversation", "talk", "--metadata", "k=v")
    #expect(upload.exitStatus == 0, "\(upload.errors)")
  }

  /// What list, info and download say of every file.
  private func answers() async throws -> [String] {
    let list = try await supastore("list", "--all", "--sort", "id", "--json")
    let files = try list.documents("file")
    var answers = list.output.split(separator: "\n").map(String.init)
    for file in files {
      let id = try #require(file["id"]?.string)
      let info = try await supastore("info", id, "--json")
      let document = try #require(try info.documents.first)
      answers.append("\(id) \(document["state"]?.string ?? "") \(document["object"]?["etag"]?.string ?? "")")
      answers.append(contentsOf: document["conversations"]?.array?.compactMap { $0["continuation_id"]?.string } ?? [])
    }
    #expect(try await supastore.downloadedCount("root") == 31)
    #expect(try await supastore.downloadedCount("talk") == 1)
    return answers
  }

  @Test(arguments: ["missing", "zeroed", "truncated"])
  func `after a recovery every command says what it said before`(_ damage: String) async throws {
    let before = try await answers()
    #expect(try await supastore("local", "check").exitStatus == 0)
    #expect(try await supastore("local", "recover").output.hasPrefix("the database is whole"))
    switch damage {
    case "missing": try FileManager.default.removeItem(atPath: supastore.directory[database])
    case "zeroed": try supastore.directory.write([UInt8](repeating: 0, count: 50_000), to: database)
    default: try #require(truncate(supastore.directory[database], 20_000) == 0)
    }
    let refused = try await supastore("list")
    #expect(refused.exitStatus == 12 && refused.errors.contains("supastore local recover"))
    let check = try await supastore("local", "check")
    #expect(check.exitStatus == 12 && check.output.hasPrefix("damaged: "))
    let recovery = try await supastore("local", "recover", "--json")
    #expect(recovery.exitStatus == 0, "\(recovery.errors)")
    let document = try recovery.documents[0]
    #expect(document["status"]?.string == "recovered" && document["files"]?.int == 32)
    #expect((document["old_database"]?.string != nil) == (damage != "missing"))
    #expect(try await answers() == before)
    #expect(try await supastore("local", "check").exitStatus == 0)
    let again = try await supastore("migrate", "root", "--json")
    #expect(try again.summary["unchanged"]?.int == 31)
  }

  @Test func `what is lost is told, and stored again it is there`() async throws {
    let blob = "state/local/blobs/" + blobName("file 1")
    try FileManager.default.removeItem(atPath: supastore.directory[blob])
    try supastore.directory.write("other".utf8, to: "state/local/blobs/" + blobName("file 2"))
    let check = try await supastore("local", "check", "--quick")
    #expect(check.exitStatus == 12 && check.output.contains("blob \(blobName("file 1").suffix(64))"))
    #expect(try await supastore("local", "recover").exitStatus == 0)
    try FileManager.default.removeItem(atPath: supastore.directory[database])
    let recovery = try await supastore("local", "recover")
    // One of them was stored for two conversations.
    #expect(
      recovery.exitStatus == 3 && recovery.output.split(separator: "\n").filter { $0.hasPrefix("lost: ") }.count == 3)
    #expect(recovery.output.contains("left as it is: "))
    #expect(try await supastore("list", "--count").output == "29\n")
    let again = try await supastore("migrate", "root", "--json")
    #expect(try again.summary["stored"]?.int == 2 && again.summary["unchanged"]?.int == 29)
    #expect(try await supastore("local", "check").exitStatus == 0)
  }

  private func blobName(_ text: String) -> String {
    let digest = (try? sha256(Array(text.utf8))) ?? ""
    return "\(digest.prefix(2))/\(digest)"
  }

  @Test func `a recovery that is killed is finished by the next one`() async throws {
    let before = try await answers()
    let whole = try supastore.directory.read(database)
    for turns in [0, 1, 10, 100, 1000] {
      try supastore.directory.write(whole.prefix(20_000), to: database)
      let killed = try supastore.start("local", "recover")
      while !FileManager.default.fileExists(atPath: supastore.directory["state/local/.store-recovered.new"]),
        try supastore.directory.read(database).count == 20_000
      {
        await Task.yield()
      }
      for _ in 0..<turns { await Task.yield() }
      killed.send(SIGKILL)
      _ = await killed.outcome
      let next = try await supastore("local", "recover")
      #expect(next.exitStatus == 0, "\(next.errors)")
      #expect(try await answers() == before)
      let names = try FileManager.default.contentsOfDirectory(atPath: supastore.directory["state/local"])
      #expect(!names.contains { $0.hasSuffix(".new") })
      for name in names where name.contains(".damaged-") {
        try FileManager.default.removeItem(atPath: supastore.directory["state/local/\(name)"])
      }
    }
  }

  @Test func `while another process holds the lock it says who, and does nothing`() async throws {
    try FileManager.default.removeItem(atPath: supastore.directory[database])
    let path = try supastore.directory.write("4711 1700000000\n".utf8, to: "state/local/sync.lock")
    let file = open(path, O_RDWR | O_CLOEXEC)
    defer { close(file) }
    try #require(flock(file, LOCK_EX | LOCK_NB) == 0)
    let refused = try await supastore("local", "recover", "--json")
    #expect(refused.exitStatus == 11)
    #expect(try refused.error?["message"]?.string?.contains("process 4711") == true)
    #expect(!FileManager.default.fileExists(atPath: supastore.directory[database]))
    #expect(try await supastore("local", "recover", "--dry-run").exitStatus == 0)
    #expect(!FileManager.default.fileExists(atPath: supastore.directory[database]))
  }

  @Test func `where there is no store none is made`() async throws {
    let other = supastore.with(["SUPASTORE_STATE_DIR": supastore.directory["other"]])
    for command in ["check", "recover"] {
      let run = try await other("local", command)
      #expect(run.exitStatus == 0 && run.output.hasPrefix("there is no local store in "))
    }
    #expect(!FileManager.default.fileExists(atPath: supastore.directory["other/local"]))
  }

  /// Whoever may write everything is no test for what may not be written.
  @Test(.enabled(if: geteuid() != 0 || Program.isInstalled("setpriv")))
  func `what may only be read is checked, and is not recovered`() async throws {
    let volume = supastore.directory
    try #require(truncate(volume[database], 20_000) == 0)
    let other: UInt32 = geteuid() == 0 ? 65534 : geteuid()
    let user = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
    for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: volume.path)).map({ "/" + $0 }) {
      // The name that is not UTF-8 is none of the store's.
      guard chown(volume.path + name, other, other) == 0 else { continue }
      var status = stat()
      if name.hasPrefix("/state/local"), stat(volume.path + name, &status) == 0 {
        chmod(volume.path + name, status.st_mode & ~0o222)
      }
    }
    func run(_ arguments: String...) async throws -> Run {
      Run(
        try await Program.run(
          user + [Program.product("supastore")] + arguments,
          environment: supastore.environment.merging(["HOME": volume.path]) { $1 }, directory: volume.path))
    }
    let check = try await run("local", "check")
    #expect(check.exitStatus == 12 && check.output.hasPrefix("damaged: the database"), "\(check.errors)")
    #expect(try await run("local", "recover", "--dry-run").output.contains("would be recovered: 32 files"))
    let recovery = try await run("local", "recover", "--json")
    #expect(recovery.exitStatus == 1, "\(recovery.errors)")
    #expect(try recovery.error?["code"]?.string == "unwritable")
    for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: volume["state"])).map({ "/" + $0 }) {
      chmod(volume["state"] + name, 0o700)
    }
  }
}
