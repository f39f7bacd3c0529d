import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// Supabase goes away, in every way it can, and comes back: after a sync every file is there, once.
@Suite(.standIn(per: .test), .timeLimit(.minutes(10))) struct OutageTests {
  private typealias Fault = StandInInstance.Fault

  private let supastore: Supastore
  private let tree: TemporaryDirectory
  private static let fileCount = 60

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    for number in 0..<Self.fileCount {
      try tree.write("content \(number)".utf8, to: "root/d\(number % 3)/f\(number).txt")
    }
  }

  /// Stores some of the files, then everything while the service is away, and checks that nothing is forgotten.
  private func migrate(_ supastore: Supastore, whileAway makeAway: () throws -> Void) async throws {
    let before = try await supastore("migrate", "--include", "f1*.txt", tree["root"])
    try #require(before.exitStatus == 0, "\(before.errors)")
    try makeAway()
    let run = try await supastore.impatient("migrate", "--json", tree["root"])
    #expect(run.exitStatus == 9, "\(run.errors)")
    let summary = try run.summary
    let (stored, queued, unchanged) = (summary["stored"]?.int, summary["queued"]?.int, summary["unchanged"]?.int)
    #expect((stored ?? 0) + (queued ?? 0) + (unchanged ?? 0) == Self.fileCount && queued != 0)
    #expect(try await supastore.impatient("sync", "--json").exitStatus == 9)
  }

  /// Checks that everything arrives, and that nothing is left to do.
  private func sync(_ supastore: Supastore) async throws {
    let sync = try await supastore("sync", "--json")
    #expect(sync.exitStatus == 0, "\(sync.output)\(sync.errors)")
    #expect(try await supastore("list", "--count").output == "\(Self.fileCount)\n")
    let again = try await supastore("migrate", "--json", tree["root"])
    #expect(try again.exitStatus == 0 && again.summary["unchanged"]?.int == Self.fileCount, "\(again.errors)")
    let copies = try await supastore("download", "--conversation", "root", "-o", tree["copy"], "--json", "--no-cache")
    #expect(try copies.documents("download").count { $0["verified"] == .bool(true) } == Self.fileCount)
    let idle = try await supastore("sync", "--json")
    #expect(try idle.exitStatus == 0 && idle.summary["requests"] == 0 && idle.summary["sent"] == 0)
  }

  @Test(arguments: [402, 500, 503, 540, 544])
  func `it answers that it is down`(_ status: Int) async throws {
    try await supastore.setUp()
    try await migrate(supastore) { supastore.project.add(Fault.failing(status, on: "*")) }
    supastore.project.removeFaults()
    try await sync(supastore)
    #expect(try supastore.counts() == StoredCounts(each: Self.fileCount))
  }

  @Test func `it resets every connection`() async throws {
    try await supastore.setUp()
    try await migrate(supastore) { supastore.project.add(Fault(.reset, on: "*", count: 0)) }
    supastore.project.removeFaults()
    try await sync(supastore)
    #expect(try supastore.counts() == StoredCounts(each: Self.fileCount))
  }

  @Test func `it does what it is asked and its answers are lost`() async throws {
    try await supastore.setUp()
    var fault = Fault(.dropAnswer, on: "*", nth: 30, count: 0)
    fault.when = .after
    try await migrate(supastore) { supastore.project.add(fault) }
    supastore.project.removeFaults()
    try await sync(supastore)
    #expect(try supastore.counts() == StoredCounts(each: Self.fileCount))
  }

  @Test(arguments: [3, 20, 55])
  func `it goes away in the midst of a run, and of the sync after it`(_ requestCount: Int) async throws {
    try await supastore.setUp()
    var fault = Fault.failing(503, on: "*")
    fault.nth = requestCount
    try await migrate(supastore) { supastore.project.add(fault) }
    supastore.project.removeFaults()
    supastore.project.add(fault)
    let cut = try await supastore("sync", "--json")
    #expect([0, 9].contains(cut.exitStatus), "\(cut.errors)")
    supastore.project.removeFaults()
    try await sync(supastore)
    #expect(try supastore.counts() == StoredCounts(each: Self.fileCount))
  }

  @Test func `it comes back in the midst of a run`() async throws {
    try await supastore.setUp()
    var fault = Fault.failing(503, on: "*")
    fault.nth = 30
    fault.count = 60
    supastore.project.add(fault)
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect([0, 9].contains(run.exitStatus), "\(run.errors)")
    supastore.project.removeFaults()
    try await sync(supastore)
    #expect(try supastore.counts() == StoredCounts(each: Self.fileCount))
  }

  @Test func `many tools store at the same time while it is away`() async throws {
    try await supastore.setUp()
    supastore.project.add(Fault.failing(503, on: "*"))
    let runs = try await withThrowingTaskGroup(of: Run.self) { group in
      group.addTask { try await supastore("migrate", tree["root"]) }
      for number in 0..<24 {
        group.addTask {
          try await supastore("upload", tree["root/d\(number % 3)/f\(number).txt"], "--conversation", "tool \(number)")
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    for run in runs { #expect(run.exitStatus == 9, "\(run.errors)") }
    supastore.project.removeFaults()
    let sync = try await supastore("sync", "--json")
    #expect(try sync.exitStatus == 0 && sync.summary["waiting"] == 0, "\(sync.errors)")
    #expect(try supastore.counts() == StoredCounts(each: Self.fileCount + 24))
  }

  @Test func `it is stopped, hangs, and starts again with what it had`() async throws {
    let state = try TemporaryDirectory()
    var server = try StartedStandIn(in: state["project"], port: try freePort())
    try await server.waitUntilReady()
    let supastore = supastore.with(["SUPABASE_URL": server.url])
    try await supastore.setUp()
    try await migrate(supastore) { server.program.send(SIGSTOP) }
    server.program.send(SIGCONT)
    server.program.send(SIGTERM)
    #expect(await server.program.outcome.exitStatus == 0)
    #expect(try await supastore("upload", tree["root/d0/f0.txt"], "--conversation", "root").exitStatus == 9)
    #expect(try await supastore("sync").exitStatus == 9)
    server = try StartedStandIn(in: state["project"], port: server.port)
    try await server.waitUntilReady()
    // The file that was stored under another name, too.
    let sync = try await supastore("sync", "--json")
    #expect(sync.exitStatus == 0, "\(sync.output)\(sync.errors)")
    #expect(try await supastore("list", "--count").output == "\(Self.fileCount + 1)\n")
    let again = try await supastore("migrate", "--json", tree["root"])
    #expect(try again.summary["unchanged"]?.int == Self.fileCount)
    server.program.send(SIGTERM)
    _ = await server.program.outcome
  }
}

/// A stand-in in a process of its own, that can be stopped and started again on its port.
private struct StartedStandIn {
  let program: Program
  let port: UInt16

  var url: String { "http://127.0.0.1:\(port)" }

  init(in directory: String, port: UInt16) throws {
    self.port = port
    program = try Program([Program.product("supastore-standin"), "--port", "\(port)", "--directory", directory])
  }

  /// It answers something.
  func waitUntilReady() async throws {
    let port = port
    try await onOwnThread {
      while true {
        guard let connection = try? RawConnection(port: port) else { continue }
        try connection.send("GET /_standin/requests HTTP/1.1\r\nContent-Length: 0\r\n\r\n")
        if try connection.receiveAnswer(to: "GET") != nil { return }
      }
    }
  }
}

/// A port of loopback that nobody listens on at present.
private func freePort() throws -> UInt16 {
  let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
  defer { close(number) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  return try withUnsafeMutablePointer(to: &address) { pointer in
    try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      try #require(bind(number, pointer, length) == 0 && getsockname(number, pointer, &length) == 0)
    }
    return UInt16(bigEndian: pointer.pointee.sin_port)
  }
}
