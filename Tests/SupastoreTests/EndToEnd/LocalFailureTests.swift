import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// What the program says when the local store is damaged or cannot be written.
@Suite(.timeLimit(.minutes(5))) struct LocalFailureTests {
  private let supastore: LocalSupastore

  init() async throws {
    supastore = try LocalSupastore()
    try supastore.writeFiles(0..<3)
    let run = try await supastore("migrate", "root")
    try #require(run.exitStatus == 0, "\(run.errors)")
  }

  @Test func `a damaged database ends every command with 12 and is left alone`() async throws {
    let name = "state/local/store.sqlite"
    let whole = try supastore.directory.read(name)
    for damaged in [[], Array(whole.dropLast(5000)), [UInt8](repeating: 0, count: whole.count)] {
      try supastore.directory.write(damaged, to: name)
      for arguments in [
        ["list"], ["upload", "root/d1/f1.txt"], ["migrate", "root"], ["conversation", "create", "c"],
      ] {
        let run = try await supastore.run(arguments + ["--json"])
        #expect(run.exitStatus == 12 && run.output.isEmpty)
        #expect(try run.error?["code"]?.string == "damaged" && run.error?["hint"]?.string?.isEmpty == false)
      }
      #expect(try supastore.directory.read(name) == damaged)
    }
    try supastore.directory.write(whole, to: name)
    #expect(try await supastore("list", "--count").output == "3\n")
  }

  private func blob(of content: String) throws -> String {
    let name = try sha256(Array(content.utf8))
    return "state/local/blobs/\(name.prefix(2))/\(name)"
  }

  @Test func `a blob that is missing is told, and storing the file again mends it`() async throws {
    try FileManager.default.removeItem(atPath: supastore.directory[blob(of: "file 1")])
    let row = try #require(try await supastore("list", "--name", "f1.txt", "--json").documents("file").first)
    let id = try #require(row["id"]?.string)
    #expect(try await supastore("info", id).exitStatus == 8)
    let download = try await supastore("download", id, "-o", "copy", "--json")
    #expect(download.exitStatus == 4)
    #expect(try download.error?["code"]?.string == "object_missing")
    #expect(!FileManager.default.fileExists(atPath: supastore.directory["copy"]))
    let again = try await supastore("migrate", "root", "--json")
    #expect(try again.summary["stored"]?.int == 1 && again.summary["unchanged"]?.int == 2)
    #expect(try await supastore("download", id, "-o", "-").output == "file 1")
  }

  @Test func `a blob with other bytes is not delivered, and a full verification mends it`() async throws {
    try supastore.directory.write("FILE 1".utf8, to: blob(of: "file 1"))
    let row = try #require(try await supastore("list", "--name", "f1.txt", "--json").documents("file").first)
    let id = try #require(row["id"]?.string)
    let download = try await supastore("download", id, "-o", "copy", "--json")
    #expect(download.exitStatus == 8)
    #expect(try download.error?["code"]?.string == "integrity")
    #expect(!FileManager.default.fileExists(atPath: supastore.directory["copy"]))
    #expect(try await supastore("migrate", "root", "--verify", "full").exitStatus == 0)
    #expect(try await supastore("download", id, "-o", "-").output == "file 1")
  }

  /// Whoever may write everything is no test for what may not be written.
  @Test(.enabled(if: geteuid() != 0 || Program.isInstalled("setpriv")))
  func `a store that may only be read is read, and says that it cannot be written`() async throws {
    let volume = supastore.directory
    // Nobody else may write in the directory of another user's tests.
    let other: UInt32 = geteuid() == 0 ? 65534 : geteuid()
    let user = geteuid() == 0 ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : []
    for name in [""] + (try FileManager.default.subpathsOfDirectory(atPath: volume.path)).map({ "/" + $0 }) {
      try #require(chown(volume.path + name, other, other) == 0)
    }
    for name in ["store.sqlite", "store.sqlite-journal"] { chmod(volume["state/local/\(name)"], 0o400) }
    chmod(volume["state/local"], 0o500)
    func run(_ arguments: String...) async throws -> Run {
      Run(
        try await Program.run(
          user + [Program.product("supastore")] + arguments,
          environment: supastore.environment.merging(["HOME": volume.path]) { $1 }, directory: volume.path))
    }
    let list = try await run("list", "--count")
    #expect(list.exitStatus == 0 && list.output == "3\n", "\(list.errors)")
    #expect(try await run("download", "--conversation", "root", "--name", "f1.txt", "-o", "-").output == "file 1")
    let create = try await run("conversation", "create", "c", "--json")
    #expect(create.exitStatus == 1, "\(create.errors)")
    #expect(try create.error?["code"]?.string == "unwritable")
    #expect(try await run("upload", "root/d1/f1.txt").exitStatus == 1)
    chmod(volume["state/local"], 0o700)
  }
}
