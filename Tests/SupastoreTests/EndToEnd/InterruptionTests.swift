import Glibc
import TestSupport
import Testing

/// Runs that are ended before their time: by a signal they hear, and by one they do not.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct InterruptionTests {
  private static let uploads = "POST /storage/v1/object/user-files/*"
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
  }

  @Test(arguments: [SIGINT, SIGTERM])
  func `a signal ends a run with true counts, and the next one completes`(_ signal: Int32) async throws {
    try await supastore.setUp()
    for number in 0..<60 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
    supastore.project.add(StandInInstance.Fault(.stall, on: Self.uploads, nth: 21, count: 0))
    let program = try supastore.start("migrate", "--json", tree["root"])
    await supastore.project.wait(for: 21, on: Self.uploads)
    program.send(signal)
    let run = Run(await program.outcome)

    #expect(run.exitStatus == 128 + signal)
    let summary = try run.summary
    #expect(summary["error"]?["code"] == "interrupted")
    let stored = try #require(summary["stored"]?.int)
    #expect(stored <= 20 && summary["scanned"]?.int == stored && summary["failed"] == 0)
    let counts = try supastore.counts()
    #expect(counts.rows == stored && counts.links == stored && counts.complete == stored)
    #expect(run.errors.contains("supastore: stopping after what is under way"))

    supastore.project.removeFaults()
    let next = try await supastore("migrate", "--json", tree["root"])
    #expect(next.exitStatus == 0)
    #expect(try next.summary["scanned"] == 60 && next.summary["failed"] == 0)
    #expect(try supastore.counts() == StoredCounts(each: 60))
  }

  @Test func `a second signal ends a run at once`() async throws {
    try await supastore.setUp()
    try tree.write("file".utf8, to: "root/f")
    supastore.project.add(StandInInstance.Fault(.stall, on: "POST /rest/v1/files*", count: 0))
    let program = try supastore.start("migrate", tree["root"])
    await supastore.project.wait(on: "POST /rest/v1/files*")
    program.send(SIGINT)
    program.send(SIGTERM)
    let exitStatus = await program.outcome.exitStatus
    #expect([128 + SIGINT, 128 + SIGTERM].contains(exitStatus))
    supastore.project.removeFaults()
    #expect(try await supastore("migrate", tree["root"]).exitStatus == 0)
    #expect(try supastore.counts() == StoredCounts(each: 1))
  }

  @Test func `two signals end a run whose output nobody takes`() async throws {
    let fixture = try VerifyFixture()
    try await fixture.fill(2000)
    // More than a pipe holds, of which one byte is read.
    let run = try await supastore.script(
      """
      mkfifo "$1"
      "$0" verify --all --json --grace 0s >"$1" 2>/dev/null &
      exec 3<"$1"
      head -c 1 <&3 >/dev/null
      kill -TERM $!
      kill -INT $!
      wait $!
      """, tree["pipe"])
    #expect([128 + SIGINT, 128 + SIGTERM].contains(run.exitStatus), "\(run.errors)")
  }

  @Test func `killed at any moment, the next run completes and stores everything once`() async throws {
    try await supastore.setUp()
    for number in 0..<600 { try tree.write("file \(number)".utf8, to: "root/d\(number % 7)/f\(number).txt") }
    for (index, megabytes) in [1, 7, 20].enumerated() {
      try tree.write([UInt8](repeating: UInt8(index), count: megabytes << 20), to: "root/large\(index).bin")
    }
    var moments: [Int] = []
    for _ in 0..<TestLength.count(3, long: 16) {
      let moment = Int.random(in: 1...160)
      moments.append(moment)
      try await killAfter(requests: moment)
    }
    let last = try await supastore("migrate", "--json", tree["root"])
    #expect(last.exitStatus == 0, "killed after \(moments) requests")
    #expect(try (last.summary["stored"]?.int ?? 0) + (last.summary["unchanged"]?.int ?? 0) == 603)
    #expect(try supastore.counts() == StoredCounts(each: 603), "killed after \(moments) requests")
    #expect(try await supastore("migrate", "--json", tree["root"]).summary["unchanged"] == 603)
    #expect(try supastore.counts() == StoredCounts(each: 603))
  }

  /// Starts a migration and kills it when the project has seen that many requests, unless it ends before.
  private func killAfter(requests count: Int) async throws {
    let project = supastore.project
    project.forgetRequests()
    let program = try supastore.start("migrate", "--quiet", tree["root"])
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await project.wait(for: count, on: "*") }
      group.addTask { _ = await program.outcome }
      await group.next()
      program.send(SIGKILL)
      group.cancelAll()
    }
    #expect([0, 128 + SIGKILL].contains(await program.outcome.exitStatus))
  }

  @Test func `two runs with separate state at the same moment store everything once`() async throws {
    try await supastore.setUp()
    for number in 0..<150 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
    try tree.write([UInt8](repeating: 1, count: 2 << 20), to: "root/large")
    let runs = try await withThrowingTaskGroup(of: Run.self) { group in
      for state in ["one", "two"] {
        group.addTask { try await supastore("migrate", "--json", "--state-dir", tree[state], tree["root"]) }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for run in runs {
      #expect(run.exitStatus == 0, "\(run.errors)")
      let summary = try run.summary
      #expect((summary["stored"]?.int ?? 0) + (summary["unchanged"]?.int ?? 0) == 151)
    }
    #expect(try supastore.counts() == StoredCounts(each: 151))
    #expect(try supastore.project.query("select from conversations").count == 1)
  }
}
