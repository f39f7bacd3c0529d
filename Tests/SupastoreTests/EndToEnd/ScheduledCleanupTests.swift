import Glibc
import TestSupport
import Testing

/// `supastore cleanup` as a timer runs it.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ScheduledCleanupTests {
  private static let survey = "* /rest/v1/rpc/supastore_survey"
  private static let candidates = "* /rest/v1/rpc/supastore_candidates"
  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
  }

  private var metrics: String { directory["cleanup.prom"] }

  /// One file that is linked, and one that is not, for longer than the grace.
  private func prepare() async throws {
    try await supastore.setUp()
    try await supastore.installSchema()
    let upload = try await supastore("upload", "data:,kept", "--conversation", "c")
    try #require(upload.exitStatus == 0, "\(upload.errors)")
    #expect(try await supastore("upload", "data:,left behind").exitStatus == 0)
    try supastore.project.query("update files set created_at = now() - interval '8 days'")
  }

  /// What cron runs.
  private func clean(_ arguments: String..., with changes: [String: String?] = [:]) async throws -> Run {
    try await supastore.with(changes).run(
      ["cleanup", "--apply", "--quiet", "--metrics", metrics] + arguments)
  }

  private func written() throws -> [String: String] {
    let lines = String(decoding: try directory.read("cleanup.prom"), as: UTF8.self).split(separator: "\n")
    var values: [String: String] = [:]
    for line in lines where !line.hasPrefix("#") {
      let words = line.split(separator: " ")
      try #require(words.count == 2, "\(line)")
      let name = words[0].replacing("supastore_cleanup_", with: "").replacing("file=\"cleanup.prom\"", with: "")
      #expect(name.hasSuffix("}") && values[String(name)] == nil, "\(line)")
      values[String(name)] = String(words[1])
    }
    return values
  }

  private func rows() throws -> String? { try supastore.project.query("select count(*) from files")[0][0] }

  @Test func `what goes well is one line, and nothing on standard error`() async throws {
    try await prepare()
    let run = try await clean()
    #expect(run.exitStatus == 0 && run.errors == "")
    #expect(run.output.split(separator: "\n").count == 1 && run.output.hasPrefix("1 trashed; 11 B, "), "\(run.output)")
    let next = try await clean()
    #expect(next.exitStatus == 0 && next.errors == "" && next.output.hasPrefix("nothing to clean up; 0 B, "))

    let status = try await supastore("status", "--no-usage", "--json").documents[0]
    let runs = try #require(status["runs"]?.array).filter { $0["command"] == "cleanup" }
    #expect(runs.map { $0["trashed"] } == [0, 1] && runs.map { $0["bytes"] } == [0, 11])
    #expect(runs.allSatisfy { $0["error_code"] == .null })
    let text = try await supastore("status", "--no-usage").output
    #expect(text.contains(" UTC  cleanup: 1 trashed in ") && text.contains(" UTC  cleanup: nothing removed in "))
  }

  @Test func `a dry run is told nowhere`() async throws {
    try await prepare()
    #expect(try await supastore("cleanup").exitStatus == 0)
    let status = try await supastore("status", "--no-usage", "--json").documents[0]
    #expect(status["runs"]?.array?.contains { $0["command"] == "cleanup" } == false)
  }

  @Test func `a second one ends at once while the first one holds the lock`() async throws {
    try await prepare()
    supastore.project.add(StandInInstance.Fault(.stall, on: Self.survey))
    let first = try supastore.start("cleanup", "--apply")
    await supastore.project.wait(on: Self.survey)
    let second = try await clean()
    #expect(second.exitStatus == 11 && second.output == "" && second.errors.contains("supastore: error: "))
    #expect(try written()["exit_code{}"] == "11")
    #expect(try await supastore("cleanup").exitStatus == 0)
    first.send(SIGKILL)
    #expect(await first.outcome.exitStatus == 128 + SIGKILL)
    #expect(try await clean().exitStatus == 0)
    #expect(try rows() == "1")
  }

  @Test(arguments: [ScheduledCleanupTests.survey, ScheduledCleanupTests.candidates])
  func `the time limit ends a run that the service keeps waiting`(_ route: String) async throws {
    try await prepare()
    supastore.project.add(StandInInstance.Fault(.stall, on: route, count: 0))
    let run = try await clean("--max-runtime", "300ms")
    #expect(run.exitStatus == 10 && run.errors.contains("the time limit was reached"), "\(run.errors)")
    #expect(try rows() == "2")
    #expect(try written()["exit_code{}"] == "10")
    let status = try await supastore("status", "--no-usage", "--json").documents[0]
    #expect(status["runs"]?.array?.first?["error_code"] == "deadline")
    supastore.project.removeFaults()
    #expect(try await clean("--max-runtime", "50m").exitStatus == 0)
    #expect(try rows() == "1")
  }

  // MARK: metrics

  @Test func `metrics say what was found and done`() async throws {
    try await prepare()
    #expect(try await supastore("cleanup", "--max-delete", "0", "--metrics", metrics).exitStatus == 0)
    let dry = try written()
    #expect(dry["applied{}"] == "0" && dry["found{,class=\"orphan\"}"] == "1")
    #expect(dry["removals{,status=\"found\"}"] == "1" && dry["removals{,status=\"trashed\"}"] == "0")
    #expect(dry["refusals{,safeguard=\"max_delete\"}"] == "1" && dry["exit_code{}"] == "0")

    #expect(try await clean().exitStatus == 0)
    let values = try written()
    #expect(values["applied{}"] == "1" && values["exit_code{}"] == "0")
    #expect(values["found{,class=\"orphan\"}"] == "1" && values["found_bytes{,class=\"orphan\"}"] == "11")
    #expect(values["removals{,status=\"trashed\"}"] == "1" && values["removal_bytes{,status=\"trashed\"}"] == "11")
    #expect(values["files{}"] == "2" && values["links{}"] == "1" && values["conversations{}"] == "1")
    #expect(values.filter { $0.key.hasPrefix("refusals{") }.allSatisfy { $0.value == "0" })
    #expect(values["last_success_timestamp_seconds{}"] == values["last_run_timestamp_seconds{}"])
    #expect(Int(values["requests{}"] ?? "") ?? 0 > 2 && Double(values["duration_seconds{}"] ?? "") ?? 0 > 0)
  }

  @Test func `a run that fails or is refused writes them, too, and keeps the last success`() async throws {
    try await prepare()
    func begin(_ content: String) throws { try directory.write(content.utf8, to: "cleanup.prom") }
    let success = "supastore_cleanup_last_success_timestamp_seconds"
    try begin("\(success){file=\"cleanup.prom\"} 1700000000\n")
    #expect(try await clean("--max-delete", "0").exitStatus == 7)
    var values = try written()
    #expect(values["refusals{,safeguard=\"max_delete\"}"] == "1" && values["exit_code{}"] == "7")
    #expect(
      values["last_success_timestamp_seconds{}"] == "1700000000" && values["removals{,status=\"trashed\"}"] == "0")

    for (changes, exitStatus) in [
      (["SUPABASE_URL": "http://127.0.0.1:1"], 6), (["SUPABASE_SERVICE_ROLE_KEY": nil], 2),
    ] as [([String: String?], Int32)] {
      #expect(try await clean(with: changes).exitStatus == exitStatus)
      values = try written()
      #expect(values["exit_code{}"] == "\(exitStatus)" && values["files{}"] == nil)
      #expect(values["last_success_timestamp_seconds{}"] == "1700000000")
    }

    var refusal = StandInInstance.Fault(.status, on: Self.candidates, count: 0)
    refusal.status = 400
    supastore.project.add(refusal)
    #expect(try await clean().exitStatus == 7)
    #expect(try written()["refusals{,safeguard=\"scan\"}"] == "1")
    supastore.project.removeFaults()

    for garbage in [
      "", "\(success){} 9999999999999999999999\n", "\(success){} -5\n", "\(success){} 99999999999\n", "\(success){\n",
      "\u{0}\(success)", "\(success){} NaN", String(repeating: "x", count: 100_000), "\(success){} 1e400",
    ] {
      try begin(garbage)
      #expect(try await clean("--max-delete", "0").exitStatus == 7)
      #expect(try written()["last_success_timestamp_seconds{}"] == "0", "\(garbage.prefix(80))")
    }
  }

  @Test func `they are replaced in one step, for everybody to read`() async throws {
    try await prepare()
    let run = try await supastore.script(#"umask 077; exec "$0" cleanup --metrics "$1""#, metrics)
    #expect(run.exitStatus == 0)
    let reader = open(metrics, O_RDONLY)
    defer { close(reader) }
    #expect(try await clean().exitStatus == 0)
    var (old, new) = (stat(), stat())
    let results = (fstat(reader, &old), stat(metrics, &new))
    #expect(results == (0, 0) && old.st_nlink == 0 && new.st_nlink == 1)
    #expect(old.st_mode & 0o7777 == 0o644 && new.st_mode & 0o7777 == 0o644)
    #expect(try await supastore.script("ls -A \"$1\"", directory.path).output == "cleanup.prom\n")
  }

  @Test func `where they cannot be written the run says so, and did its work`() async throws {
    try await prepare()
    symlink("elsewhere", directory["link.prom"])
    mkfifo(directory["pipe.prom"], 0o600)
    for place in ["nosuch/cleanup.prom", ".", "link.prom", "pipe.prom"] {
      let run = try await supastore("cleanup", "--quiet", "--metrics", directory[place])
      #expect(
        run.exitStatus == 1 && run.errors.contains("supastore: warning: the metrics are not written: "), "\(place)")
    }
    let run = try await supastore(
      "cleanup", "--apply", "--metrics", directory["nosuch/cleanup.prom"])
    #expect(run.exitStatus == 1 && run.output.hasPrefix("1 trashed; "))
    #expect(try await supastore("cleanup", "--apply", "--max-delete", "0", "--metrics", "/nosuch/x").exitStatus == 1)
    #expect(try rows() == "1")
  }
}
