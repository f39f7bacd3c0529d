import Glibc
import TestSupport
import Testing

/// Uploads that end before everything is done: in time, and with the truth.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct UploadDeadlineTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore().with(["SUPASTORE_MODE": "only"])
    tree = try TemporaryDirectory()
    for number in 0..<12 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
  }

  private var paths: [String] { (0..<12).map { tree["root/f\($0)"] } }

  /// Runs until a deadline of two seconds; without one the program would wait for half a minute and more.
  private func run(_ arguments: [String]) async throws -> Run {
    let clock = ContinuousClock()
    let start = clock.now
    let run = try await supastore.run(["upload", "--json", "--deadline", "2s", "--conversation", "c"] + arguments)
    let time = start.duration(to: clock.now)
    #expect(time >= .seconds(2) && time < .seconds(20), "\(time)")
    return run
  }

  @Test(arguments: [
    "GET /storage/v1/bucket/*", "GET /rest/v1/conversations*", "POST /storage/v1/object/user-files/*",
    "POST /storage/v1/object/list-v2/*", "POST /rest/v1/files*", "POST /rest/v1/conversation_files*",
  ])
  func `a service that stalls anywhere costs no more than the deadline`(_ route: String) async throws {
    try await supastore.setUp()
    supastore.project.add(StandInInstance.Fault(.stall, on: route, count: 0))
    let run = try await run(paths)
    #expect(run.exitStatus == 10)
    #expect(Set(try run.documents("file").compactMap { $0["path"]?.string }) == Set(paths))
    for file in try run.documents("file") {
      #expect(file["status"] == "failed" && file["error"]?["code"] == "deadline")
      #expect(file["error"]?["retryable"] == .bool(true))
    }
    #expect(try run.summary["error"]?["code"] == "deadline" && run.summary["failed"] == 12)
    supastore.project.removeFaults()
    #expect(try await supastore.run(["upload", "--conversation", "c"] + paths).exitStatus == 0)
    #expect(try supastore.counts() == StoredCounts(each: 12))
  }

  @Test func `an answer that hangs after its head is cut off, too`() async throws {
    try await supastore.setUp()
    var fault = StandInInstance.Fault(.stall, on: "POST /rest/v1/files*", count: 0)
    fault.when = .after
    fault.bytes = 0
    supastore.project.add(fault)
    #expect(try await run(paths).exitStatus == 10)
  }

  @Test func `what could not be stored anyway is told as such`() async throws {
    try await supastore.setUp()
    supastore.project.add(StandInInstance.Fault(.stall, on: "POST /storage/v1/object/user-files/*", count: 0))
    let run = try await run(paths + [tree["missing"]])
    #expect(run.exitStatus == 3)
    #expect(try run.documents("file").count { $0["error"]?["code"] == "unreadable" } == 1)
    #expect(try run.documents("file").count { $0["error"]?["code"] == "deadline" } == 12)
  }

  @Test func `a directory and an input that never ends are cut off`() async throws {
    try await supastore.setUp()
    supastore.project.add(StandInInstance.Fault(.stall, on: "POST /storage/v1/object/user-files/*", count: 0))
    let directory = try await run(["-r", tree["root"]])
    #expect(try directory.exitStatus == 10 && directory.documents("file").count == 12)
    try #require(mkfifo(tree["pipe"], 0o600) == 0)
    // Open for writing as well, it never comes to an end.
    let pipe = open(tree["pipe"], O_RDWR | O_CLOEXEC)
    defer { close(pipe) }
    let input = try await supastore.script(
      "exec \"$0\" upload --json --deadline 1s - --name n < \(tree["pipe"])")
    #expect(try input.exitStatus == 10 && input.documents("file").first?["error"]?["code"] == "deadline")
  }

  @Test func `a run that is done in time is not touched by its deadline`() async throws {
    try await supastore.setUp()
    let run = try await supastore.run(["upload", "--json", "--deadline", "5m"] + paths)
    #expect(try run.exitStatus == 0 && run.summary["stored"] == 12 && run.summary["error"] == .null)
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal ends an upload with true lines`(_ signal: Int32) async throws {
    try await supastore.setUp()
    let route = "POST /storage/v1/object/user-files/*"
    supastore.project.add(StandInInstance.Fault(.stall, on: route, nth: 3, count: 0))
    let program = try supastore.start("upload", "--json", "-r", tree["root"], "--conversation", "c")
    await supastore.project.wait(for: 3, on: route)
    program.send(signal)
    let run = Run(await program.outcome)
    #expect(run.exitStatus == 128 + signal)
    let stored = try #require(try run.summary["stored"]?.int)
    #expect(try run.documents("file").count == stored && run.summary["error"]?["code"] == "interrupted")
    #expect(try supastore.counts().complete == stored)
  }
}
