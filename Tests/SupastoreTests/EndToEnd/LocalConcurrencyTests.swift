import FoundationEssentials
import Glibc
import StorageSQLite
import TestSupport
import Testing

/// Many processes on one local store, killed processes, and other machines.
@Suite(.timeLimit(.minutes(5))) struct LocalConcurrencyTests {
  private let supastore: LocalSupastore

  init() throws {
    supastore = try LocalSupastore()
  }

  /// Every blob holds what its name says, nothing half written lies about, and the database is whole.
  private func checkStore(blobCount count: Int) throws {
    let root = supastore.directory["state/local"]
    let names = try FileManager.default.subpathsOfDirectory(atPath: root).filter { !$0.hasSuffix(".json") }
    let blobs = names.filter { $0.hasPrefix("blobs/") && $0.count > 60 }
    #expect(blobs.count == count)
    for name in blobs { #expect(try sha256(supastore.directory.read("state/local/\(name)")) == name.suffix(64)) }
    #expect(Set(names.filter { !$0.hasPrefix("blobs") }) == ["store.sqlite", "store.sqlite-journal"])
    let database = try Database(
      .file(Array("\(root)/store.sqlite".utf8)), schema: Schema(applicationID: 0x5355_504c, version: 3, creation: ""),
      creates: false)
    var integrity = try database.prepare("PRAGMA integrity_check")
    #expect(try integrity.step() && integrity.value(0) == .text("ok"))
    var references = try database.prepare("PRAGMA foreign_key_check")
    #expect(try !references.step())
  }

  @Test func `uploads while a migration runs are stored once, as it is`() async throws {
    try supastore.writeFiles(0..<150)
    let migration = try supastore.start("migrate", "root", "--json")
    let uploads = try await withThrowingTaskGroup(of: Run.self) { group in
      for number in 0..<24 {
        // Each of eight contents is stored by three at once.
        let content = Array("tool \(number % 8)".utf8)
        group.addTask {
          try await supastore.run(
            ["upload", "-", "--name", "t\(number % 8).txt", "--conversation", "tools", "--json"], input: content)
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    let migrated = Run(await migration.outcome)
    #expect(migrated.exitStatus == 0, "\(migrated.errors)")
    #expect(try migrated.summary["stored"]?.int == 150)
    for run in uploads { #expect(run.exitStatus == 0, "\(run.errors)") }
    #expect(try await supastore("list", "--count").output == "158\n")
    #expect(try await supastore("conversation", "list", "--all", "--json").documents("conversation").count == 2)
    #expect(try await supastore.downloadedCount("tools") == 8)
    #expect(try await supastore.downloadedCount("root") == 150)
    try checkStore(blobCount: 158)
  }

  @Test func `what is stored and deleted for good at once ends stored, with its object`() async throws {
    // One content, so that each deletion may be of the last object that names it.
    func upload(_ number: Int) async throws -> Run {
      try await supastore.run(
        ["upload", "-", "--name", "n\(number)", "--conversation", "c", "--json"], input: Array("same".utf8))
    }
    var ids: [String] = []
    for number in 0..<4 { ids += try await upload(number).documents("file").compactMap { $0["id"]?.string } }
    try #require(Set(ids).count == 4)
    for _ in 0..<6 {
      try await withThrowingTaskGroup(of: (isUpload: Bool, run: Run).self) { group in
        for (number, id) in ids.enumerated() {
          group.addTask { (true, try await upload(number)) }
          group.addTask { (false, try await supastore("delete", "--yes", "--now", id)) }
        }
        for try await (isUpload, run) in group {
          #expect(!isUpload || run.exitStatus == 0, "\(run.output)\(run.errors)")
        }
      }
      let check = try await supastore("local", "check", "--json")
      #expect(check.exitStatus == 0, "\(check.output)")
    }
    for number in 0..<4 { #expect(try await upload(number).exitStatus == 0) }
    #expect(try await supastore.downloadedCount("c") == 4)
  }

  @Test func `the first run of many at once makes one store`() async throws {
    let runs = try await withThrowingTaskGroup(of: Run.self) { group in
      for number in 0..<12 {
        group.addTask { try await supastore("upload", "data:,\(number)", "--name", "n\(number)") }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for run in runs { #expect(run.exitStatus == 0, "\(run.errors)") }
    #expect(try await supastore("list", "--count").output == "12\n")
    try checkStore(blobCount: 12)
  }

  @Test(arguments: [1, 20, 60, 250, 501, 1000])
  func `a migration that is killed is finished by the next one`(_ blobCount: Int) async throws {
    try supastore.writeFiles(0..<1000)
    let killed = try await supastore.with(["STORAGECORE_CRASH_AT": "blob-named:\(blobCount)"])("migrate", "root")
    #expect(killed.exitStatus == 128 + SIGKILL)
    let next = try await supastore("migrate", "root", "--json")
    #expect(next.exitStatus == 0, "\(next.errors)")
    let (stored, unchanged) = (try next.summary["stored"]?.int, try next.summary["unchanged"]?.int)
    #expect((stored ?? 0) + (unchanged ?? 0) == 1000)
    #expect(try await supastore("list", "--count").output == "1000\n")
    #expect(try await supastore.downloadedCount("root") == 1000)
    let last = try await supastore("migrate", "root", "--json")
    #expect(try last.summary["unchanged"]?.int == 1000)
    try checkStore(blobCount: 1000)
  }

  @Test func `Container Restart Test: a new process with a new home and the same volume has the file`() async throws {
    try supastore.directory.write("kept".utf8, to: "root/notes.txt")
    #expect(try await supastore("upload", "root/notes.txt", "--conversation", "talk").exitStatus == 0)
    // Another container: the volume is somewhere else, and nothing else is left.
    let other = try TemporaryDirectory()
    try FileManager.default.copyItem(atPath: supastore.directory["state"], toPath: other["volume"])
    try FileManager.default.removeItem(atPath: supastore.directory.path)
    let run = try await Program.run(
      [Program.product("supastore"), "download", "--conversation", "talk", "--name", "notes.txt", "-o", "-"],
      environment: ["SUPASTORE_STATE_DIR": other["volume"]])
    #expect(run.exitStatus == 0 && run.output == "kept", "\(run.errors)")
  }
}
