import Glibc
import TestSupport
import Testing

/// Several at once, and what goes wrong on the way.
extension UploadTests {
  @Test func `two processes that store the same file at once store it once`() async throws {
    try await supastore.setUp()
    let path = try tree.write([UInt8](repeating: 7, count: 3 << 20), to: "same.bin")
    let runs = try await withThrowingTaskGroup(of: Run.self) { group in
      for _ in 0..<2 { group.addTask { try await supastore("upload", "--json", path, "--conversation", "c") } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(runs.allSatisfy { $0.exitStatus == 0 })
    #expect(Set(try runs.map { try $0.documents("file").first?["id"] }).count == 1)
    #expect(try supastore.counts() == StoredCounts(each: 1))
  }

  @Test func `killed after the object and before the row, the next run adopts it`() async throws {
    try await supastore.setUp()
    let path = try tree.write([UInt8](repeating: 7, count: 3 << 20), to: "a.bin")
    let rows = "POST /rest/v1/files"
    supastore.project.add(StandInInstance.Fault(.stall, on: rows, count: 0))
    let program = try supastore.start("upload", path, "--conversation", "c")
    await supastore.project.wait(on: rows)
    program.send(SIGKILL)
    _ = await program.outcome
    supastore.project.removeFaults()
    #expect(try supastore.counts() == StoredCounts(objects: 1, rows: 0, links: 0, complete: 0))
    supastore.project.forgetRequests()
    #expect(try await upload(path, "--conversation", "c").first?["status"] == "stored")
    #expect(sentCount() == 0)
    #expect(try supastore.counts() == StoredCounts(each: 1))
  }

  @Test func `trouble that passes is got over, refusals are final`() async throws {
    try await supastore.setUp()
    let route = "POST /storage/v1/object/user-files/*"
    for (turn, action) in [StandInInstance.Fault.Action.status, .status, .reset].enumerated() {
      var fault = StandInInstance.Fault(action, on: route, nth: turn + 1)
      fault.status = turn == 0 ? 429 : 503
      if turn == 0 { fault.headers = ["Retry-After": "1"] }
      supastore.project.add(fault)
    }
    let path = try tree.write("one".utf8, to: "a.txt")
    #expect(try await upload(path, "--deadline", "60s").first?["status"] == "stored")
    #expect(try supastore.counts().objects == 1)
    for (status, exitStatus) in [(401, Int32(5)), (403, 5), (413, 7)] {
      supastore.project.removeFaults()
      var fault = StandInInstance.Fault(.status, on: route, count: 0)
      fault.status = status
      fault.body = #"{"statusCode":"\#(status)","error":"x","message":"x"}"#
      supastore.project.add(fault)
      supastore.project.forgetRequests()
      _ = try await upload(try tree.write("\(status)".utf8, to: "\(status)"), exitStatus: exitStatus)
      #expect(sentCount() == 1)
    }
  }

  @Test func `a service that is away fails every file, each named`() async throws {
    let paths = try (0..<3).map { try tree.write("\($0)".utf8, to: "f\($0)") }
    let away = supastore.with([
      "SUPABASE_URL": "http://127.0.0.1:1", "SUPASTORE_MODE": "only", "STORAGECORE_HASTE": nil,
    ])
    let run = try await away.run(["upload", "--json", "--deadline", "1s"] + paths)
    #expect(run.exitStatus == 10)
    #expect(try run.documents("file").map { $0["path"]?.string } == paths)
    let denied = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": supastore.project.anonKey])
    #expect(try await denied.run(["upload"] + paths).exitStatus == 5)
  }

  @Test func `patterns of a file leave out, and those of the line have the last word`() async throws {
    try await supastore.setUp()
    for name in ["a.txt", "b.log", "keep.log", "build/c.o"] { try tree.write(name.utf8, to: "root/\(name)") }
    try tree.write("*.log\nbuild/\n".utf8, to: "ignore")
    for (command, words) in [("upload", ["-r"]), ("migrate", ["--conversation", "other"])] {
      let options = words + ["--json", "--exclude-from", tree["ignore"], "--exclude", "!keep.log", tree["root"]]
      let run = try await supastore.run([command] + options)
      #expect(run.exitStatus == 0, "\(run.errors)")
      let stored = try run.documents("file").filter { $0["status"] == "stored" }.compactMap { $0["path"]?.string }
      #expect(stored.sorted() == [tree["root/a.txt"], tree["root/keep.log"]])
    }
    #expect(try await supastore("upload", "--exclude-from", tree["ignore"], tree["root/a.txt"]).exitStatus == 2)
    #expect(try await supastore("migrate", "--exclude-from", tree["nosuch"], tree["root"]).exitStatus == 2)
  }

  @Test func `every file of a run that ends early is counted, the first ten thousand by name`() async throws {
    try await supastore.setUp()
    let count = 12_000
    for number in 0..<count { try tree.write([], to: "many/d\(number % 10)/f\(number)") }
    var fault = StandInInstance.Fault(.status, on: "POST /rest/v1/files*", count: 0)
    (fault.status, fault.body) = (403, #"{"code": "42501", "message": "permission denied for table files"}"#)
    supastore.project.add(fault)
    let run = try await supastore("upload", "-r", "--json", tree["many"], "--jobs", "8")
    #expect(run.exitStatus == 5, "\(run.errors)")
    let summary = try run.summary
    #expect(summary["scanned"]?.int == count && summary["failed"]?.int == count)
    #expect(try run.documents("file").count < count)
  }
}
