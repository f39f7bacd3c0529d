import FoundationEssentials
import Glibc
import StorageModel
import StoragePlaces
import StorageRunning
import StorageSQLite
import TestSupport
import Testing

@testable import LocalPlace
@testable import StorageEngine

/// `supastore status` over a project at Supabase.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct StatusTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    for name in ["a", "b", "c"] { try tree.write("content of \(name)".utf8, to: "root/\(name).txt") }
  }

  private func status(_ arguments: String..., exit: Int32 = 0, with changes: [String: String?] = [:]) async throws
    -> (status: JSONValue, run: Run)
  {
    let run = try await supastore.with(changes).run(["status", "--json"] + arguments)
    #expect(run.exitStatus == exit, "\(run.errors)")
    let documents = try run.documents
    try #require(documents.count == 1)
    return (documents[0], run)
  }

  @Test func `what is used is told by bucket and type, and looking makes nothing`() async throws {
    try await supastore.setUp()
    let other = try Supastore()
    _ = try await other("upload", tree["root/a.txt"])
    _ = try await other("upload", tree["root/b.txt"], "--type", "generated")
    let (status, _) = try await status()
    #expect(status["mode"] == "prefer" && status["backend"] == "supabase" && status["outage"] == .null)
    #expect(status["url"]?.string == supastore.project.url)
    #expect(status["usage"]?["files"] == 2 && status["usage"]?["bytes"] == 24 && status["usage_error"] == .null)
    let kinds = try #require(status["usage"]?["kinds"]?.array)
    #expect(
      kinds.map { $0["file_type"]?.string } == ["generated", "user_upload"] && kinds[1]["bucket"] == "user-files")
    #expect(status["local"] == .null && status["waiting"] == .null && status["runs"]?.array == [])
    #expect(status["warnings"]?.array == [] && status["quota"] == .null)
    #expect(!FileManager.default.fileExists(atPath: supastore.stateDirectory))
  }

  @Test func `2500 files are counted over pages`() async throws {
    try await supastore.setUp()
    try supastore.project.query(
      """
      insert into files (storage_path, original_name, size_bytes, metadata)
      select 'uploads/x/' || n, 'n', case when n % 2 = 0 then 10 end, case when n % 5 = 0 then 'null'::jsonb end
      from generate_series(1, 2500) n
      """)
    let (status, _) = try await status()
    #expect(status["usage"]?["files"] == 2500 && status["usage"]?["bytes"] == 12500)
  }

  @Test func `without usage no request is sent`() async throws {
    supastore.project.forgetRequests()
    let (status, _) = try await status("--no-usage")
    #expect(status["usage"] == .null && status["usage_error"] == .null)
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `a quota of which four fifths are used is warned of`() async throws {
    try await supastore.setUp()
    _ = try await supastore("migrate", tree["root"])
    let (below, quiet) = try await status(with: ["SUPASTORE_QUOTA": "46"])
    #expect(below["warnings"]?.array == [] && below["quota"] == 46 && quiet.errors == "")
    let (status, run) = try await status(with: ["SUPASTORE_QUOTA": "45"])
    #expect(status["warnings"]?.array?.map { $0["code"] } == ["quota"])
    #expect(run.errors.contains("warning: 36 B of 45 B are used, 80 %"), "\(run.errors)")
    let text = try await supastore.with(["SUPASTORE_QUOTA": "45"])("status")
    #expect(text.output.contains("used         3 files, 36 B of 45 B, 80 %\n"), "\(text.output)")
    #expect(try await supastore.with(["SUPASTORE_QUOTA": "0"])("status").exitStatus == 0)
  }

  @Test func `the last runs are told, and a dry run is none`() async throws {
    try await supastore.setUp()
    _ = try await supastore("migrate", "--dry-run", tree["root"])
    _ = try await supastore("upload", tree["root/a.txt"], tree["nosuch"])
    _ = try await supastore("migrate", tree["root"])
    let runs = try #require(try await status("--no-usage").status["runs"]?.array)
    #expect(runs.map { $0["command"] } == ["migrate", "upload"])
    #expect(runs[0]["stored"] == 3 && runs[0]["bytes"] == 36 && runs[0]["sent_bytes"] == 36)
    #expect(runs[0]["error_code"] == .null && runs[1]["stored"] == 1 && runs[1]["failed"] == 1)
    let text = try await supastore("status", "--no-usage").output
    #expect(text.contains("UTC  migrate: 3 stored in "), "\(text)")
    // Another project has runs of its own.
    #expect(
      try await status("--no-usage", with: ["SUPABASE_URL": "http://127.0.0.1:1"]).status["runs"]?.array == [])
  }

  @Test(arguments: [SIGINT, SIGKILL])
  func `a run that was interrupted is told, one that was killed is not`(_ signal: Int32) async throws {
    try await supastore.setUp()
    let uploads = "POST /storage/v1/object/user-files/*"
    supastore.project.add(StandInInstance.Fault(.stall, on: uploads, count: 0))
    let program = try supastore.start("migrate", tree["root"])
    await supastore.project.wait(on: uploads)
    program.send(signal)
    _ = await program.outcome
    let runs = try await status("--no-usage").status["runs"]?.array
    #expect(runs?.map { $0["error_code"] } == (signal == SIGINT ? ["interrupted"] : []))
  }

  @Test func `a service that goes away between two pages leaves no number`() async throws {
    try await supastore.setUp()
    try supastore.project.query(
      "insert into files (storage_path, original_name) select 'x/' || n, 'n' from generate_series(1, 1500) n")
    supastore.project.add(StandInInstance.Fault(.reset, on: "GET /rest/v1/files", nth: 2, count: 0))
    let (status, _) = try await status(exit: 6, with: ["SUPASTORE_MODE": "only"])
    #expect(status["usage"] == .null && status["usage_error"]?["code"] == "unreachable")
  }

  @Test func `a run whose journal cannot be written does what it should`() async throws {
    try await supastore.setUp()
    _ = try await supastore("upload", tree["root/a.txt"])
    let journal = try #require(
      try FileManager.default.contentsOfDirectory(atPath: supastore.stateDirectory).first { $0.hasSuffix(".sqlite") })
    let path = LocalPath(checked: Array("\(supastore.stateDirectory)/\(journal)".utf8))
    let database = try Database(.file(path.bytes), schema: Journal.schema)
    try database.execute("DROP TABLE run")
    let run = try await supastore("upload", "--verbose", tree["root/b.txt"])
    #expect(run.exitStatus == 0)
    #expect(run.errors.contains("the run is not noted for 'supastore status'"), "\(run.errors)")
    let (status, _) = try await status("--no-usage")
    #expect(status["runs"] == .null && status["warnings"]?.array?.map { $0["code"] } == ["runs"])
  }

  @Test(arguments: ["prefer", "only"])
  func `a service that is down is told, and the rest is shown`(_ mode: String) async throws {
    let down = ["SUPABASE_URL": "http://127.0.0.1:1", "SUPASTORE_MODE": mode]
    if mode == "prefer" {
      let run = try await supastore.with(down)("upload", tree["root/a.txt"])
      #expect(run.exitStatus == 9, "\(run.errors)")
    }
    let (status, run) = try await status(exit: 6, with: down)
    #expect(status["usage"] == .null && status["usage_error"]?["code"] == "unreachable")
    #expect(status["warnings"]?.array?.map { $0["code"] } == ["usage"])
    #expect(run.errors.contains("warning: what is used cannot be asked"), "\(run.errors)")
    if mode == "prefer" {
      #expect(status["backend"] == "local" && (status["outage"]?["seconds"]?.int ?? 0) > 0)
      #expect(status["waiting"]?["items"] == 1 && status["waiting"]?["files"] == 1 && status["waiting"]?["bytes"] == 12)
      #expect(status["local"]?["files"] == 1 && status["local"]?["blobs"] == 1 && status["local"]?["bytes"] == 12)
      #expect(status["runs"]?.array?.map { $0["queued"] } == [1])
      #expect(try await self.status("--no-usage", with: down).status["backend"] == "local")
    } else {
      #expect(status["backend"] == "supabase" && status["outage"] == .null)
    }
  }

  @Test func `a key that is refused and a project that is half set are errors of their own`() async throws {
    #expect(
      try await supastore.with(["SUPABASE_SERVICE_ROLE_KEY": supastore.project.anonKey])("status").exitStatus == 5)
    let half = try await supastore.with(["SUPABASE_SERVICE_ROLE_KEY": nil])("status", "--json")
    #expect(half.exitStatus == 2 && half.output == "")
  }

  /// The local store beside the project, with changes that wait for it.
  private func fill() async throws -> LocalStore {
    let state = try StateDirectory(at: LocalPath(checked: Array(supastore.stateDirectory.utf8)))
    let store = try LocalStore(at: LocalStore.place(in: state.path), for: supastore.project.url)
    let rows = LocalFileRepository(store: store)
    _ = try await rows.createConversation(continuationID: "c", title: nil)
    _ = try await rows.createConversation(continuationID: "d", title: nil)
    return store
  }

  @Test func `what was refused is shown with its error`() async throws {
    let store = try await fill()
    try await store.writing { tables throws(SQLiteError) in
      let items = try tables.items(.conversation, for: store.project, limit: 1)
      try tables.note(items.map { ($0, StorageError(.rejected, "the name is\nnot liked", hint: "take another"), true) })
      try tables.enqueue([.conversation("d")], for: "https://other.example", at: .now)
    }
    let (status, run) = try await status("--no-usage")
    let waiting = try #require(status["waiting"])
    #expect(waiting["items"] == 1 && waiting["conversations"] == 1 && waiting["parked"] == 1)
    #expect(waiting["for_others"] == 1)
    let item = try #require(waiting["parked_items"]?.array?.first)
    #expect(item["item"] == "conversation" && item["continuation_id"] == "c" && item["attempts"] == 1)
    #expect(item["error"]?["code"] == "rejected" && item["error"]?["hint"] == "take another")
    #expect(status["warnings"]?.array?.map { $0["code"] } == ["parked"])
    #expect(run.errors.contains("warning: 1 change was refused"), "\(run.errors)")
    let text = try await supastore("status", "--no-usage").output
    #expect(text.contains("conversation c: the name is\\x0anot liked\n"), "\(text)")
    #expect(text.contains("waiting      1 conversation; 0 B, since "), "\(text)")
  }

  @Test func `what waits for more than a day is warned of`() async throws {
    let store = try await fill()
    for (hours, isWarned) in [(23, false), (25, true)] {
      let time = try #require(Timestamp.now.adding(.seconds(-hours * 3600)))
      try await store.writing { tables throws(SQLiteError) in
        try tables.database.execute("UPDATE outbox SET created_at = '\(time.columnText)'")
      }
      let (status, run) = try await status("--no-usage")
      #expect(status["warnings"]?.array?.isEmpty == !isWarned)
      #expect(run.errors.contains("warning: changes wait for Supabase since ") == isWarned, "\(run.errors)")
    }
  }

  @Test func `a damaged local store is told, and the rest is shown`() async throws {
    try await supastore.setUp()
    _ = try await fill()
    let database = "\(supastore.stateDirectory)/local/store.sqlite"
    try Data(repeating: 0, count: 4096).write(to: URL(filePath: database))
    _ = try await supastore("upload", tree["root/a.txt"])
    let (status, run) = try await status(exit: 12)
    #expect(status["local"] == .null && status["waiting"] == .null && status["local_error"]?["code"] == "damaged")
    #expect(status["usage"]?["files"] == 1 && status["runs"]?.array?.count == 1)
    #expect(run.errors.contains("warning: the local store "), "\(run.errors)")
    #expect(try await supastore("status").output.contains("local store  cannot be read\n"))
    #expect(try Data(contentsOf: URL(filePath: database)) == Data(repeating: 0, count: 4096))
    // Gone while there are blobs is no other thing.
    try FileManager.default.removeItem(atPath: database)
    try FileManager.default.createDirectory(
      atPath: "\(supastore.stateDirectory)/local/blobs/5f", withIntermediateDirectories: true)
    #expect(try await self.status("--no-usage", exit: 12).status["local_error"]?["code"] == "damaged")
    #expect(!FileManager.default.fileExists(atPath: database))
  }
}
