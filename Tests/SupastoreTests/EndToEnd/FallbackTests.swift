import FoundationEssentials
import TestSupport
import Testing

/// Supabase is preferred and away: what is stored is kept in the local store and told so.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct FallbackTests {
  private typealias Fault = StandInInstance.Fault

  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    for number in 0..<6 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
  }

  private var paths: [String] { (0..<6).map { tree["root/f\($0)"] } }
  /// The same tool while nobody listens where Supabase should be.
  private var away: Supastore { supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"]) }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: "\(supastore.stateDirectory)/\(name)")
  }

  /// How often a process waited for the service: the files that tell of an outage.
  private var outageFiles: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: supastore.stateDirectory)) ?? [])
      .filter { $0.hasPrefix("outage-") }
  }

  @Test func `files are queued, said to be so, and can be had`() async throws {
    let run = try await away.run(["upload", "--json", "--conversation", "c"] + paths)
    #expect(run.exitStatus == 9)
    #expect(run.errors.contains("6 files are kept in the local store") && run.errors.contains("'supastore sync'"))
    let files = try run.documents("file")
    #expect(files.count == 6)
    #expect(files.allSatisfy { $0["status"] == "queued" && $0["conversation_id"] == .null && $0["error"] == .null })
    let summary = try run.summary
    #expect(summary["queued"] == 6 && summary["stored"] == 0 && summary["failed"] == 0 && summary["error"] == .null)
    #expect(summary["mode"] == "prefer" && summary["backend"] == "local")
    #expect(summary["outage"]?["code"] == "unreachable")
    let id = try #require(files.first?["id"]?.string)
    let download = try await away("download", id, "-o", tree["copy"], "--json")
    #expect(try download.documents.first?["backend"] == "local" && download.documents.first?["source"] == "local")
    #expect(try tree.read("copy") == Array("file 0".utf8))
    let info = try await away("info", id, "--json")
    #expect(try info.exitStatus == 0 && info.documents.first?["backend"] == "local")
    // Now that Supabase works and does not have it yet, too.
    try await supastore.setUp()
    #expect(try await supastore("download", id, "-o", "-").exitStatus == 4, "it waits for another project")
  }

  @Test func `only the first of twenty calls waits`() async throws {
    let first = try await away("upload", paths[0], "--json")
    #expect(try first.exitStatus == 9 && first.summary["requests"] == 6)
    #expect(outageFiles.count == 1)
    for number in 0..<20 {
      let run = try await away("upload", paths[number % 6], "--json")
      #expect(try run.exitStatus == 9 && run.summary["requests"] == 0)
    }
    let refused = try await away("upload", paths[0], "--no-fallback")
    #expect(refused.exitStatus == 6 && refused.errors.contains("was down a moment ago"))
    #expect(try await away("list").exitStatus == 6)
  }

  @Test func `a test of the connection asks at once, and its success ends the outage`() async throws {
    try await supastore.setUp()
    supastore.project.add(Fault.failing(503, on: "*"))
    #expect(try await supastore("upload", paths[0]).exitStatus == 9)
    supastore.project.removeFaults()
    #expect(try await supastore("upload", paths[1], "--json").summary["requests"] == 0)
    #expect(try await supastore("test-connection").exitStatus == 0)
    #expect(outageFiles.isEmpty)
    #expect(try await supastore("upload", paths[1]).exitStatus == 0)
  }

  @Test(arguments: [402, 503, 540, 544])
  func `a service that answers that it is down is down`(_ status: Int) async throws {
    try await supastore.setUp()
    supastore.project.add(Fault.failing(status, on: "*"))
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect(try run.exitStatus == 9 && run.summary["queued"] == 6, "\(run.errors)")
    let refused = try await supastore("migrate", "--json", "--no-fallback", tree["root"])
    #expect(try refused.exitStatus == 6 && refused.summary["queued"] == 0)
  }

  @Test(arguments: [
    "GET /storage/v1/bucket/*", "GET /rest/v1/conversations*", "POST /rest/v1/conversations*",
    "POST /storage/v1/object/user-files/*", "POST /storage/v1/object/list-v2/*", "POST /rest/v1/files*",
    "POST /rest/v1/conversation_files*",
  ])
  func `wherever the service breaks down in a run, every file is stored or queued`(_ route: String) async throws {
    try await supastore.setUp()
    supastore.project.add(Fault.failing(503, on: route))
    let run = try await supastore.run(["upload", "--json", "--conversation", "c"] + paths)
    #expect(run.exitStatus == 9, "\(run.errors)")
    let files = try run.documents("file")
    #expect(Set(files.compactMap { $0["path"]?.string }) == Set(paths) && files.count == 6)
    #expect(files.allSatisfy { $0["status"] == "queued" })
    #expect(try run.summary["error"] == .null && run.summary["backend"] == "local")
  }

  @Test func `a service that goes away in the midst of a run has what it took, and the rest is queued`() async throws {
    for number in 0..<1500 { try tree.write("more \(number)".utf8, to: "many/f\(number)") }
    try await supastore.setUp()
    var fault = Fault.failing(503, on: "*")
    // The third window is under way, and the first one is settled.
    fault.nth = 1300
    supastore.project.add(fault)
    let run = try await supastore("migrate", "--json", tree["many"])
    #expect(run.exitStatus == 9, "\(run.errors)")
    let (stored, queued) = (try run.summary["stored"]?.int ?? 0, try run.summary["queued"]?.int ?? 0)
    #expect(stored >= 500 && queued >= 500 && stored + queued == 1500)
    #expect(try run.summary["backend"] == "supabase")
    #expect(try supastore.counts().complete == stored)
    supastore.project.removeFaults()
    #expect(try await supastore("test-connection").exitStatus == 0)
    let next = try await supastore("migrate", "--json", tree["many"])
    #expect(next.exitStatus == 0)
    #expect(try supastore.counts() == StoredCounts(each: 1500))
  }

  @Test func `what is left for the local store is held to its limit, and stored in its order`() async throws {
    try await supastore.setUp()
    try #require(try await away("upload", tree.write([], to: "other")).exitStatus == 9)
    let tables = try StoreTables(at: "\(supastore.stateDirectory)/local/store.sqlite")
    try tables.execute("UPDATE buckets SET byte_limit = 6 WHERE name = 'user-files'")
    try tree.write("seven B".utf8, to: "root/f2")
    supastore.project.add(Fault.failing(503, on: "POST /storage/v1/object/user-files/*"))
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect(run.exitStatus == 3, "\(run.errors)")
    let files = try run.documents("file")
    #expect(
      files.filter { $0["status"] == "queued" }.compactMap { $0["path"]?.string } == paths.filter { $0 != paths[2] })
    let failed = files.filter { $0["status"] == "failed" }
    #expect(failed.map { $0["error"]?["code"] } == ["too_large"] && failed.first?["path"]?.string == paths[2])
    #expect(try run.summary["scanned"] == 6 && run.summary["queued"] == 5 && run.summary["failed"] == 1)
  }

  @Test func `a deadline is kept, and what is not stored by then is queued`() async throws {
    try await supastore.setUp()
    supastore.project.add(Fault(.stall, on: "*", count: 0))
    let clock = ContinuousClock()
    let start = clock.now
    let run = try await supastore.run(["upload", "--json", "--deadline", "3s", "--conversation", "c"] + paths)
    #expect(start.duration(to: clock.now) < .seconds(20))
    #expect(try run.exitStatus == 9 && run.summary["queued"] == 6 && run.summary["error"] == .null, "\(run.errors)")
    #expect(outageFiles.count == 1)
    let refused = try await supastore.run(["upload", "--deadline", "1s", "--no-fallback"] + paths)
    #expect(refused.exitStatus == 6)
  }

  @Test func `standard input is read once, whenever the service goes away`() async throws {
    try await supastore.setUp()
    supastore.project.add(Fault.failing(503, on: "POST /storage/v1/object/user-files/*"))
    let run = try await supastore.run(["upload", "-", "--name", "n", "--json"], input: Array("from a pipe".utf8))
    #expect(run.exitStatus == 9)
    let id = try #require(try run.documents("file").first?["id"]?.string)
    #expect(try await supastore("download", id, "-o", "-").output == "from a pipe")
  }

  @Test func `links and conversations are kept, as far as their files are`() async throws {
    try await supastore.setUp()
    let remote = try await supastore("upload", paths[0], "--json").documents("file").first?["id"]?.string ?? ""
    supastore.project.add(Fault.failing(503, on: "*"))
    let local = try await supastore("upload", paths[1], "--json").documents("file").first?["id"]?.string ?? ""
    let made = try await supastore("conversation", "create", "c", "--title", "T", "--json")
    #expect(try made.exitStatus == 9 && made.documents.first?["backend"] == "local")
    let link = try await supastore("link", "--conversation", "c", local, remote, "--json")
    #expect(link.exitStatus == 3)
    let document = try #require(try link.documents.first)
    #expect(document["linked"]?.array == [.string(local)] && document["conversation_id"] == .null)
    #expect(document["failed"]?.array?.first?["error"]?["code"] == "unreachable" && document["backend"] == "local")
    #expect(try await supastore("unlink", "--conversation", "c", local).exitStatus == 9)
    #expect(try await supastore("unlink", "--conversation", "none", local).exitStatus == 6)
    #expect(try await supastore("link", "--conversation", "c", "--no-fallback", local).exitStatus == 6)
  }

  @Test func `what is here already, for another project or sent long ago, waits for this one`() async throws {
    try await supastore.setUp()
    let local = supastore.with(["SUPASTORE_MODE": "local"])
    let upload = try await local("upload", paths[0], "--conversation", "c", "--json")
    let id = try #require(try upload.documents("file").first?["id"]?.string)
    #expect(try await local("conversation", "create", "d", "--title", "T").exitStatus == 0)
    #expect(try await local("link", "--conversation", "d", id).exitStatus == 0)
    #expect(try await supastore("sync").exitStatus == 0)
    func waiting() async throws -> [String] {
      try await away("sync", "--dry-run", "--json").documents("item").compactMap { item in
        item["kind"]?.string.map { "\($0) \(item["continuation_id"]?.string ?? "")" }
      }.sorted()
    }
    #expect(try await waiting().isEmpty)
    #expect(try await away("upload", paths[0], "--conversation", "c").exitStatus == 9)
    #expect(try await waiting() == ["conversation c", "file "])
    #expect(try await away("conversation", "create", "d").exitStatus == 9)
    #expect(try await away("link", "--conversation", "d", id).exitStatus == 9)
    #expect(try await waiting() == ["conversation c", "conversation d", "file ", "link d"])
    // Supabase may have a link that is not known here.
    #expect(try await away("unlink", "--conversation", "c", id).exitStatus == 9)
    #expect(try await away("unlink", "--conversation", "c", id).exitStatus == 9)
    #expect(try await waiting() == ["conversation c", "conversation d", "file ", "link d", "unlink c"])
  }

  @Test func `one object that Supabase cannot take is no outage, and keeps nothing else back`() async throws {
    try await supastore.setUp()
    var fault = Fault.failing(500, on: "POST /storage/v1/object/user-files/uploads/bad/*")
    fault.body =
      #"{"statusCode":"500","code":"InternalError","error":"InternalError","message":"Internal Server Error"}"#
    supastore.project.add(fault)
    let bad = try await supastore("upload", paths[0], "--conversation", "bad", "--json")
    #expect(try bad.exitStatus == 9 && bad.summary["queued"] == 1)
    #expect(outageFiles.isEmpty)
    #expect(try await supastore("upload", paths[1], "--conversation", "good").exitStatus == 0)
    let local = supastore.with(["SUPASTORE_MODE": "local"])
    let upload = try await local("upload", paths[2], "--conversation", "good", "--json")
    let id = try #require(try upload.documents("file").first?["id"]?.string)
    #expect(try await local("link", "--conversation", "other", id).exitStatus == 0)
    let sync = try await supastore("sync", "--json")
    #expect(try sync.exitStatus == 9 && sync.summary["waiting"] == 1, "\(sync.output)")
    #expect(try supastore.project.query("select count(*) from conversation_files") == [["3"]])
    supastore.project.removeFaults()
    #expect(try await supastore("sync").exitStatus == 0)
  }

  @Test func `what is no outage never falls back`() async throws {
    try await supastore.setUp()
    for (status, exit) in [(Int32(401), Int32(5)), (403, 5), (413, 7)] {
      supastore.project.add(Fault.failing(Int(status), on: "POST /storage/v1/object/user-files/*"))
      let run = try await supastore("upload", paths[0], "--json")
      #expect(run.exitStatus == exit, "\(status): \(run.output)")
      supastore.project.removeFaults()
    }
    let key = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": supastore.project.anonKey])
    #expect(try await key("upload", paths[0]).exitStatus == 5)
    #expect(try await supastore("upload", paths[0], "--path", "uploads/a").exitStatus == 0)
    #expect(try await supastore("upload", paths[1], "--path", "uploads/a").exitStatus == 7)
    #expect(try await supastore.with(["SUPABASE_URL": "http://"])("upload", paths[0]).exitStatus == 2)
    #expect(!exists("local") && outageFiles.isEmpty)
  }

  @Test func `a damaged local store is told, and every file has failed`() async throws {
    #expect(try await away("upload", paths[0]).exitStatus == 9)
    try [UInt8](repeating: 0, count: 4096).withUnsafeBytes { bytes in
      try Data(bytes).write(to: URL(filePath: "\(supastore.stateDirectory)/local/store.sqlite"))
    }
    let run = try await away.run(["upload", "--json"] + paths)
    #expect(run.exitStatus == 12)
    #expect(try run.summary["failed"] == 6 && run.summary["error"]?["code"] == "damaged")
  }

  @Test func `without a place for state nothing stands in, and it is said`() async throws {
    let homeless = away.with(["SUPASTORE_STATE_DIR": nil, "HOME": nil, "XDG_STATE_HOME": nil])
    let run = try await homeless("info", "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b")
    #expect(run.exitStatus == 6)
  }
}

extension StandInInstance.Fault {
  /// Every request on a route is answered with a status.
  static func failing(_ status: Int, on route: String) -> Self {
    var fault = Self(.status, on: route, count: 0)
    fault.status = status
    fault.body = "{}"
    return fault
  }
}
