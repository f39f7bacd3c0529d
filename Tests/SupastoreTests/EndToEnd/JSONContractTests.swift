import Glibc
import LocalPlace
import StorageEngine
import StorageModel
import StorageSQLite
import TestSupport
import Testing

@testable import SupastoreShell

/// Swift Testing has an exit status of its own.
private typealias ProgramStatus = SupastoreShell.ExitStatus

/// Every command's JSON is as docs/json.md says.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct JSONContractTests {
  let supastore: Supastore
  let tree: TemporaryDirectory
  private let contract: JSONContract

  init() throws {
    // On a busy machine a request may take longer than the mode `prefer` waits before it turns to the local store.
    supastore = try Supastore().with(["SUPASTORE_MODE": "only"])
    tree = try TemporaryDirectory()
    contract = try JSONContract()
  }

  /// Runs a command with `--json` and compares each line of both streams.
  func check(
    _ supastore: Supastore, _ arguments: [String], _ met: inout Set<String>, commandWords: Int = 1
  ) async throws -> Run {
    let run = try await supastore.run(arguments + ["--json"])
    let command = arguments.prefix(commandWords).joined(separator: " ")
    for document in try run.documents {
      let flaw = contract.flaw(of: document, by: command, met: &met)
      #expect(flaw == nil)
    }
    if run.exitStatus > 2, run.output.isEmpty { #expect(!run.errors.isEmpty) }
    for line in run.errors.split(separator: "\n") where line.hasPrefix("{") {
      let document = try JSONValue(line: line)
      let flaw = contract.flaw(of: document, as: "standard error", met: &met)
      #expect(flaw == nil)
      let code = document["error"]?["code"]?.string ?? ""
      #expect(contract.exitStatuses[code] == run.exitStatus, "\(code)")
    }
    return run
  }

  /// The same commands where no project is configured.
  private func checkLocalStore(_ met: inout Set<String>) async throws {
    let local = supastore.with([
      "SUPASTORE_MODE": nil, "SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil, "SUPABASE_ANON_KEY": nil,
    ])
    for arguments in [
      ["setup"], ["schema", "--check"], ["migrate", "--dry-run", tree["root"]], ["migrate", tree["root"]],
      ["upload", tree["root/a.txt"], "--conversation", "root"], ["list"], ["list", "--count"],
      ["download", "--conversation", "root", "-o", tree["local"]], ["download", "no", "such"], ["config", "show"],
      ["verify", "--all", tree["root"]],
    ] {
      _ = try await check(local, arguments, &met, commandWords: arguments[0] == "config" ? 2 : 1)
    }
    let id = try #require(try await local("list", "--json").documents("file").first?["id"]?.string)
    for arguments in [
      ["info", id], ["link", "--conversation", "d", id, "nosuch"], ["unlink", "--conversation", "d", id],
    ] {
      _ = try await check(local, arguments, &met)
    }
    for arguments in [["conversation", "create", "e"], ["conversation", "list"], ["conversation", "show", "root"]] {
      _ = try await check(local, arguments, &met, commandWords: 2)
    }
    _ = try await check(local, ["status"], &met)
    try await checkSync(&met)
    try await checkParked(&met)
    try await checkRecovery(of: local, &met)
  }

  /// What was stored without a project is sent to one, but for a file that a stranger's row keeps out.
  private func checkSync(_ met: inout Set<String>) async throws {
    let supastore = supastore.with(["SUPASTORE_STATE_DIR": tree["waiting"]])
    let local = supastore.with(["SUPASTORE_MODE": "local"])
    _ = try await check(supastore, ["sync"], &met)
    let upload = try await check(local, ["upload", tree["root/b"], "data:,waits", "--conversation", "waiting"], &met)
    let path = try #require(try upload.documents("file").first?["storage_path"]?.string)
    try supastore.project.query(
      "insert into files (storage_path, original_name, file_type) values ($1, 'x', 'user_upload')", path)
    _ = try await check(supastore, ["sync", "--dry-run"], &met)
    #expect(try await check(supastore, ["sync"], &met).exitStatus == 3)
    _ = try await check(supastore, ["sync", "--dry-run"], &met)
    #expect(try await check(supastore, ["sync", "--retry-parked"], &met).exitStatus == 7)
    try supastore.project.query("delete from files where storage_path = $1", path)
    #expect(try await check(supastore, ["sync", "--retry-parked"], &met).exitStatus == 0)
  }

  private func checkRecovery(of local: Supastore, _ met: inout Set<String>) async throws {
    #expect(try await check(local, ["local", "check"], &met, commandWords: 2).exitStatus == 0)
    _ = try await check(local, ["local", "recover"], &met, commandWords: 2)
    try #require(truncate(supastore.stateDirectory + "/local/store.sqlite", 100) == 0)
    #expect(try await check(local, ["list"], &met).exitStatus == 12)
    #expect(try await check(local, ["status"], &met).exitStatus == 12)
    let digest = try sha256(Array("content of b".utf8))
    let blob = "\(supastore.stateDirectory)/local/blobs/\(digest.prefix(2))/\(digest)"
    try #require(truncate(blob, 3) == 0)
    #expect(try await check(local, ["local", "check"], &met, commandWords: 2).exitStatus == 12)
    for arguments in [["local", "recover", "--dry-run"], ["local", "recover"]] {
      #expect(try await check(local, arguments, &met, commandWords: 2).exitStatus == 3)
    }
    #expect(try await check(local, ["local", "check"], &met, commandWords: 2).exitStatus == 0)
    let none = local.with(["SUPASTORE_STATE_DIR": tree["state"]])
    for command in ["check", "recover"] { _ = try await check(none, ["local", command], &met, commandWords: 2) }
  }

  /// What was refused, while the service is down.
  private func checkParked(_ met: inout Set<String>) async throws {
    let state = LocalPath(checked: Array(supastore.stateDirectory.utf8))
    let store = try LocalStore(at: LocalStore.place(in: state))
    try await store.writing { tables throws(SQLiteError) in
      for kind in OutboxItem.Kind.allCases {
        let items = try tables.items(kind, for: "", limit: 1)
        try tables.note(items.map { ($0, StorageError(.rejected, "no", hint: "none"), true) })
      }
    }
    let down = supastore.with([
      "SUPASTORE_MODE": "prefer", "SUPABASE_URL": "http://127.0.0.1:1", "SUPASTORE_QUOTA": "1",
    ])
    for _ in 0..<2 { #expect(try await check(down, ["status"], &met).exitStatus == 6) }
    #expect(try await check(supastore.with(["SUPASTORE_QUOTA": "1"]), ["status"], &met).exitStatus == 0)
    #expect(try await check(supastore, ["status", "--no-usage"], &met).exitStatus == 0)
  }

  @Test func `every line of every command is described, and every description is met`() async throws {
    for name in ["a.txt", "b", "notes/c.md"] { try tree.write("content of \(name)".utf8, to: "root/\(name)") }
    try tree.write([UInt8](repeating: 0, count: 200), to: "root/large")
    symlink("a.txt", tree["root/link"])
    var met: Set<String> = []
    let keyless = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": nil])
    try await checkSetup(keyless, &met)
    _ = try await check(supastore, ["migrate", "--dry-run", tree["root"]], &met)
    let migrated = try await check(supastore, ["migrate", tree["root"]], &met)
    _ = try await check(supastore, ["migrate", tree["root"]], &met)
    _ = try await check(supastore, ["migrate", "--dry-run", tree["root"]], &met)
    _ = try await check(supastore, ["migrate", tree["nosuch"]], &met)
    _ = try await check(supastore, ["verify", "--all", "--read", tree["root"]], &met)
    _ = try await check(supastore, ["verify", tree["nosuch"]], &met)
    _ = try await check(supastore, ["upload", tree["root/a.txt"]], &met)
    _ = try await check(supastore, ["upload", tree["root/b"], "--conversation", "c"], &met)
    _ = try await check(supastore, ["upload", tree["root/large"]], &met)
    _ = try await check(supastore, ["upload", tree["nosuch"], tree["root/b"], "--metadata", "k=v"], &met)
    _ = try await check(supastore, ["upload", tree["root/a.txt"], "--deadline", "1ms"], &met)
    _ = try await check(supastore, ["upload", "data:,x", "--conversation", "c", "--expires", "1d"], &met)
    _ = try await check(supastore, ["list"], &met)
    _ = try await check(supastore, ["list", "--limit", "1"], &met)
    _ = try await check(supastore, ["list", "--count"], &met)
    _ = try await check(supastore, ["list", "--conversation", "nosuch"], &met)
    let id = try #require(try migrated.documents("file").first { $0["status"] == "stored" }?["id"]?.string)
    _ = try await check(supastore, ["download", id, "-o", tree["copy"]], &met)
    _ = try await check(supastore, ["download", id, "-o", tree["copy"]], &met)
    _ = try await check(supastore, ["download", id, "--tail", "3", "-o", tree["end"]], &met)
    _ = try await check(supastore, ["download", id, "nosuch", "-o", tree["copies"]], &met)
    _ = try await check(supastore, ["download", "--conversation", "root", "-o", tree["copies"]], &met)
    _ = try await check(supastore, ["download", "nosuch"], &met)
    _ = try await check(supastore, ["download", "--offline", "nosuch"], &met)
    try await checkLocalStore(&met)
    _ = try await check(supastore, ["cache", "info"], &met, commandWords: 2)
    _ = try await check(supastore, ["cache", "clear"], &met, commandWords: 2)
    _ = try await check(supastore, ["download"], &met)
    _ = try await check(keyless, ["list"], &met)
    _ = try await check(supastore, ["info", id], &met)
    _ = try await check(supastore, ["info", "nosuch"], &met)
    try await checkConversations(id, &met)
    try supastore.project.query("update files set metadata = null, mime_type = null, size_bytes = null")
    _ = try await check(supastore, ["list"], &met)
    try supastore.project.query(
      "do $$ begin perform set_config('storage.allow_delete_query','true',true); delete from storage.objects; end $$")
    #expect(try await check(supastore, ["verify", "--repair", tree["root"]], &met).exitStatus == 7)
    _ = try await check(supastore, ["info", id], &met)
    try supastore.project.query("drop table messages")
    _ = try await check(supastore, ["test-connection"], &met)
    try await checkRemoval(&met)
    #expect(contract.headings.subtracting(met).isEmpty)
  }

  private func checkSetup(_ keyless: Supastore, _ met: inout Set<String>) async throws {
    _ = try await check(supastore, ["version"], &met)
    _ = try await check(supastore, ["schema"], &met)
    #expect(try await check(supastore, ["schema", "--check"], &met).exitStatus == 8)
    _ = try await check(supastore, ["config", "show"], &met, commandWords: 2)
    let rooted = supastore.with(["TEST_FILES_DIR": #"\#(tree["root"]);/nosuch;C:\x;."#])
    _ = try await check(rooted, ["config", "show"], &met, commandWords: 2)
    _ = try await check(supastore, ["setup", "--check"], &met)
    _ = try await check(keyless, ["test-connection"], &met)
    _ = try await check(supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"]), ["test-connection"], &met)
    _ = try await check(supastore, ["test-connection"], &met)
    _ = try await check(supastore, ["migrate", tree["root"]], &met)
    _ = try await check(supastore, ["setup"], &met)
    _ = try await check(supastore, ["test-connection"], &met)
    try supastore.project.query(
      "update storage.buckets set file_size_limit = 100, public = true where id = 'user-files'")
    _ = try await check(supastore, ["setup"], &met)
  }

  private func checkConversations(_ id: String, _ met: inout Set<String>) async throws {
    for command in ["link", "unlink"] {
      _ = try await check(supastore, [command, "--conversation", "d", "nosuch"], &met)
      for _ in 0..<2 { _ = try await check(supastore, [command, "--conversation", "d", id, "nosuch"], &met) }
    }
    for _ in 0..<2 { _ = try await check(supastore, ["conversation", "create", "e"], &met, commandWords: 2) }
    try supastore.project.query(
      "insert into messages (conversation_id, role, content) select id, 'user', 'text' from conversations")
    try supastore.project.query("update conversations set title = null where continuation_id = 'e'")
    _ = try await check(supastore, ["conversation", "list", "--limit", "1"], &met, commandWords: 2)
    _ = try await check(supastore, ["conversation", "show", "e"], &met, commandWords: 2)
    _ = try await check(supastore, ["conversation", "show", "nosuch"], &met, commandWords: 2)
  }

  @Test func `counts of a summary add up to what was scanned, whatever happened`() async throws {
    try await supastore.setUp()
    for number in 0..<5 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
    try tree.write([UInt8](repeating: 0, count: 200), to: "root/large")
    symlink("f1", tree["root/link"])
    try supastore.project.query("update storage.buckets set file_size_limit = 100 where id = 'user-files'")
    for _ in 0..<2 {
      let run = try await supastore("migrate", "--json", tree["root"])
      let summary = try run.summary
      let counts = FileOutcome.Status.allCases.map { summary[$0.rawValue]?.int ?? -1 }
      #expect(summary["scanned"]?.int == counts.reduce(0, +))
      #expect(summary["scanned"]?.int == (try run.documents("file").count))
      for status in FileOutcome.Status.allCases {
        #expect(
          summary[status.rawValue]?.int
            == (try run.documents("file").filter { $0["status"]?.string == status.rawValue }.count))
      }
      try tree.write("another".utf8, to: "root/g")
    }
  }

  @Test func `the page names the version and every code with its exit status`() {
    #expect(JSONDocument.contractVersion == 1)
    for code in StorageError.Code.allCases {
      #expect(contract.exitStatuses[code.rawValue] == ProgramStatus(StorageError(code, "")).rawValue, "\(code)")
    }
    #expect(contract.exitStatuses.count == StorageError.Code.allCases.count + 3)
  }
}
