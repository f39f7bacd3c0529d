import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// What breaks off, is killed, or finds the service away.
extension DownloadTests {
  @Test func `what broke off is not sent again`() async throws {
    try await supastore.setUp()
    let content = (0..<5 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
    let id = try await store(content, as: "large")
    var cut = StandInInstance.Fault(.truncate, on: Self.objects)
    cut.bytes = 4 << 20
    // Whoever waits for more than the last MiB waits for ever.
    var rest = StandInInstance.Fault(.stall, on: Self.objects, nth: 2)
    rest.when = .after
    rest.bytes = 1 << 20
    supastore.project.add(cut, rest)
    supastore.project.forgetRequests()
    let run = try await supastore("download", id, "-o", tree["target"], "--json")
    #expect(try only(run)["verified"] == true)
    #expect(try tree.read("target/large") == content)
    let statuses = supastore.project.requests().filter { $0.target.contains("/object/") }.map(\.status)
    #expect(statuses == [200, 206])
  }

  @Test func `a transfer that breaks off again and again still comes`() async throws {
    try await supastore.setUp()
    let content = (0..<5 << 20).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) }
    let id = try await store(content, as: "large")
    var cut = StandInInstance.Fault(.truncate, on: Self.objects, count: 3)
    cut.bytes = 1 << 20
    supastore.project.add(cut)
    supastore.project.forgetRequests()
    #expect(try only(try await supastore("download", id, "-o", tree["target"], "--json"))["verified"] == true)
    #expect(try tree.read("target/large") == content)
    let statuses = supastore.project.requests().filter { $0.target.contains("/object/") }.map(\.status)
    #expect(statuses == [200, 206, 206, 206])
  }

  @Test func `a part that breaks off goes on, too`() async throws {
    try await supastore.setUp()
    let id = try await store("0123456789".utf8, as: "digits")
    var cut = StandInInstance.Fault(.truncate, on: Self.objects)
    cut.bytes = 3
    var rest = StandInInstance.Fault(.stall, on: Self.objects, nth: 2)
    rest.when = .after
    rest.bytes = 2
    supastore.project.add(cut, rest)
    #expect(try await supastore("download", id, "--range", "2-6", "-o", "-").output == "23456")
  }

  @Test func `a download that is killed leaves nothing`() async throws {
    try await supastore.setUp()
    let id = try await store([UInt8](repeating: 1, count: 3 << 20), as: "large")
    var fault = StandInInstance.Fault(.stall, on: Self.objects)
    fault.when = .after
    fault.bytes = 2 << 20
    supastore.project.add(fault)
    let program = try supastore.start("download", id, "-o", tree["target"])
    await supastore.project.wait(on: Self.objects)
    program.send(SIGKILL)
    #expect(await program.outcome.exitStatus == 128 + SIGKILL)
    #expect(try names().isEmpty)
    #expect(try await supastore("download", id, "-o", tree["target"]).exitStatus == 0)
    #expect(try names() == ["large"])
  }

  @Test func `when the service goes away the rest is not asked for one by one`() async throws {
    try await supastore.setUp()
    var ids: [String] = []
    for number in 0..<8 { ids.append(try await store("file \(number)".utf8, as: "f\(number)")) }
    var fault = StandInInstance.Fault(.status, on: Self.objects, count: 0)
    fault.status = 403
    fault.body = #"{"statusCode":"403","error":"Unauthorized","message":"no"}"#
    supastore.project.add(fault)
    supastore.project.forgetRequests()
    let run = try await supastore.run(["download", "--json", "--jobs", "1", "-o", tree["target"]] + ids)
    #expect(run.exitStatus == 5)
    #expect(try run.documents.count == 8)
    #expect(supastore.project.requestCount == 2)
    #expect(try names().isEmpty)
  }
}
