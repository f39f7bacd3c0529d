import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// How `migrate` ends when not everything goes well, each way with its own exit status.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct MigrateExitStatusTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    for number in 0..<20 { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
  }

  private func limit(to byteCount: Int) throws {
    try supastore.project.query(
      "update storage.buckets set file_size_limit = $1::bigint where id = 'user-files'", String(byteCount))
  }

  @Test func `3 when some fail, each named with its reason`() async throws {
    try await supastore.setUp()
    try limit(to: 100)
    try tree.write([UInt8](repeating: 7, count: 101), to: "root/large.bin")
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect(run.exitStatus == 3)
    #expect(try run.summary["stored"] == 20 && run.summary["failed"] == 1)
    let failed = try run.documents("file").filter { $0["status"] == "failed" }
    #expect(failed.map { $0["error"]?["code"] } == ["too_large"])
    #expect(failed[0]["path"]?.string == tree["root/large.bin"] && failed[0]["size_bytes"] == 101)
    #expect(try supastore.counts() == StoredCounts(each: 20))

    let text = try await supastore("migrate", tree["root"])
    #expect(text.exitStatus == 3)
    #expect(text.errors.hasPrefix("supastore: warning: failed \(tree["root/large.bin"]): 101 bytes are more than"))
    #expect(text.errors.contains("\nsupastore: hint: "))
  }

  @Test func `7 when all are too large, and nothing is sent`() async throws {
    try await supastore.setUp()
    try limit(to: 3)
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect(run.exitStatus == 7)
    #expect(try run.summary["failed"] == 20)
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `2 for roots that overlap, share a name, or are none`() async throws {
    try await supastore.setUp()
    try tree.write([], to: "root/inner/f")
    try tree.write([], to: "other/root/f")
    for (roots, hint) in [
      ([tree["root"], tree["root/inner"]], "outer directory"), ([tree["root"], tree["root"]], "outer directory"),
      ([tree["root"], tree["other/root"]], "--conversation ID"), ([tree["nosuch"]], "existing directory"),
      ([tree["root/f1"]], "existing directory"),
    ] {
      let run = try await supastore.run(["migrate"] + roots)
      #expect(run.exitStatus == 2 && run.output == "")
      #expect(run.errors.hasPrefix("supastore: error: ") && run.errors.contains(hint), "\(run.errors)")
    }
    #expect(try supastore.counts() == StoredCounts(each: 0))
    let named = try await supastore("migrate", "--conversation", "c", tree["root/inner"], tree["other/root"])
    #expect(named.exitStatus == 0)
  }

  @Test func `2 for misuse, with the nearest spelling`() async throws {
    for (arguments, hint) in [
      (["--job", "3"], "did you mean --jobs?"), (["--jobs", "0"], "see 'supastore migrate --help'"),
      (["--type", "generatd"], "did you mean generated?"), (["--dryrun"], "did you mean --dry-run?"),
      (["--include", "["], ".gitignore"), (["--conversation", ""], "see 'supastore migrate --help'"),
    ] {
      let run = try await supastore.run(["migrate"] + arguments + [tree["root"]])
      #expect(run.exitStatus == 2 && run.output == "")
      #expect(run.errors.hasPrefix("supastore: error: ") && run.errors.contains(hint), "\(arguments): \(run.errors)")
    }
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `1 without the bucket, with what to run`() async throws {
    let run = try await supastore("migrate", tree["root"])
    #expect(run.exitStatus == 1)
    #expect(run.errors.contains("bucket user-files does not exist") && run.errors.contains("`supastore setup`"))
  }

  @Test func `5 when the key is refused`() async throws {
    try await supastore.setUp()
    let key = supastore.project.serviceKey.dropLast(4) + "AAAA"
    let run = try await supastore.with(["SUPABASE_SERVICE_ROLE_KEY": String(key)])("migrate", tree["root"])
    #expect(run.exitStatus == 5 && run.errors.contains("supastore: hint: check SUPABASE_SERVICE_ROLE_KEY"))
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `6 when the service cannot be reached, and the next run completes`() async throws {
    try await supastore.setUp()
    let away = supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"])
    let run = try await away("migrate", "--json", "--no-fallback", tree["root"])
    #expect(run.exitStatus == 6)
    #expect(try run.summary["error"]?["code"] == "unreachable")
    #expect(try await supastore("migrate", tree["root"]).exitStatus == 0)
  }

  @Test func `11 while another run holds the same roots`() async throws {
    try await supastore.setUp()
    supastore.project.add(StandInInstance.Fault(.stall, on: "POST /storage/v1/object/*", count: 0))
    let first = try supastore.start("migrate", tree["root"])
    await supastore.project.wait(on: "POST /storage/v1/object/*")
    let second = try await supastore("migrate", "--json", tree["root"])
    #expect(second.exitStatus == 11)
    #expect(try second.error?["code"] == "locked")
    #expect(try second.error?["message"]?.string?.contains("\(first.id)") == true)
    // Other roots, other commands and dry runs are not held up.
    try tree.write([], to: "elsewhere/f")
    supastore.project.removeFaults()
    #expect(try await supastore("migrate", tree["elsewhere"]).exitStatus == 0)
    #expect(try await supastore("migrate", "--dry-run", tree["root"]).exitStatus == 0)
    #expect(try await supastore("list").exitStatus == 0)
    first.send(SIGKILL)
    #expect(await first.outcome.exitStatus == 128 + SIGKILL)
    #expect(try await supastore("migrate", tree["root"]).exitStatus == 0)
    #expect(try supastore.counts() == StoredCounts(each: 21))
  }
}
