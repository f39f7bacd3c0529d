import TestSupport
import Testing

/// What `test-connection` says when something is wrong: each cause in its own words, with what to do.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ConnectionTestFailureTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  /// Runs the test both ways; they must agree.
  /// - Returns: the numbers of the tests that failed, each with the one that stopped it or nil.
  private func expectFailure(
    _ exitStatus: Int32, in supastore: Supastore, _ lines: String...,
    sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> [Int: Int?] {
    let run = try await supastore("test-connection")
    #expect(run.exitStatus == exitStatus, sourceLocation: sourceLocation)
    for line in lines {
      #expect(("\n" + run.output).contains("\n" + line), "\(run.output)", sourceLocation: sourceLocation)
    }
    let json = try await supastore("test-connection", "--json")
    #expect(json.exitStatus == exitStatus, sourceLocation: sourceLocation)
    let report = try #require(try json.documents.first, sourceLocation: sourceLocation)
    var failed: [Int: Int?] = [:]
    for test in report["tests"]?.array ?? [] where test["passed"] == false {
      let stop = test["findings"]?.array?.first { $0["kind"] == "not_run" }?["stopped_by"]?.int
      failed[test["number"]?.int ?? 0] = .some(stop)
    }
    #expect(report["passed_count"]?.int == 6 - failed.count, sourceLocation: sourceLocation)
    #expect(run.output.contains("Total: \(6 - failed.count)/6 tests passed\n"), sourceLocation: sourceLocation)
    let notRun = failed.values.compactMap { $0 }.count
    #expect(run.output.split(separator: "❌ Not run: test ").count - 1 == notRun, sourceLocation: sourceLocation)
    return failed
  }

  @Test func `a missing service role key`() async throws {
    let lacking = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": nil])
    let failed = try await expectFailure(
      2, in: lacking, "❌ SUPABASE_SERVICE_ROLE_KEY: MISSING\n",
      "  → Get from: https://supabase.com/dashboard/project/_/settings/api\n")
    #expect(failed == [1: nil, 2: 1, 3: 1, 4: 1, 5: 1, 6: 1])
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `the hint names the project of the URL`() async throws {
    let hosted = supastore.with([
      "SUPABASE_URL": "https://abcdefghijklmnopqrst.supabase.co", "SUPABASE_SERVICE_ROLE_KEY": nil,
    ])
    _ = try await expectFailure(
      2, in: hosted,
      "❌ SUPABASE_SERVICE_ROLE_KEY: MISSING\n"
        + "  → Get from: https://supabase.com/dashboard/project/abcdefghijklmnopqrst/settings/api\n")
  }

  @Test func `a missing URL`() async throws {
    _ = try await expectFailure(2, in: supastore.with(["SUPABASE_URL": nil]), "❌ SUPABASE_URL: MISSING\n")
  }

  @Test func `a key that the project does not know`() async throws {
    let foreign = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": supastore.project.serviceKey.dropLast(4) + "AAAA"])
    let failed = try await expectFailure(
      5, in: foreign, "❌ Database connection failed: ", "  → check SUPABASE_SERVICE_ROLE_KEY")
    #expect(failed == [3: nil, 4: 3, 5: 3, 6: 3])
  }

  @Test func `an opaque key that the project does not know`() async throws {
    let foreign = supastore.with(["SUPABASE_SERVICE_ROLE_KEY": "sb_secret_0000000000000000000000_00000000"])
    let failed = try await expectFailure(5, in: foreign, "  → check SUPABASE_SERVICE_ROLE_KEY")
    #expect(failed.values.contains(nil) && failed[1] == nil && failed[2] == nil)
  }

  @Test(arguments: ["legacy", "publishable"])
  func `the anon key in place of the service role key`(_ kind: String) async throws {
    let key = kind == "legacy" ? supastore.project.anonKey : supastore.project.publishableKey
    let failed = try await expectFailure(
      5, in: supastore.with(["SUPABASE_SERVICE_ROLE_KEY": key]),
      "❌ Storage manager initialization failed: SUPABASE_SERVICE_ROLE_KEY holds a key with the role anon")
    #expect(failed == [2: nil, 3: 2, 4: 2, 5: 2, 6: 2])
    #expect(supastore.project.requestCount == 0)
  }

  @Test(arguments: ["eyJhbGciOiJIUzI1NiJ9", "your-service-role-key-here", "sb_secret_"])
  func `a key that is none`(_ key: String) async throws {
    let failed = try await expectFailure(
      2, in: supastore.with(["SUPABASE_SERVICE_ROLE_KEY": key]),
      "❌ Storage manager initialization failed: SUPABASE_SERVICE_ROLE_KEY: the ")
    #expect(failed == [2: nil, 3: 2, 4: 2, 5: 2, 6: 2])
  }

  @Test(arguments: ["http://127.0.0.1:1", "https://nosuchproject.invalid"])
  func `a project that cannot be reached`(_ url: String) async throws {
    let failed = try await expectFailure(
      6, in: supastore.with(["SUPABASE_URL": url]), "❌ Database connection failed: ", "  → check SUPABASE_URL")
    #expect(failed == [3: nil, 4: 3, 5: 3, 6: 3])
  }

  @Test func `a bucket that anybody can read`() async throws {
    try await supastore.setUp()
    try supastore.project.query("update storage.buckets set public = true where id = 'user-files'")
    let failed = try await expectFailure(
      1, in: supastore, "   Public: True\n",
      "❌ Bucket 'user-files': bucket user-files is public: whoever knows a key can read its object\n")
    #expect(failed == [5: nil])
  }

  @Test func `legacy keys that the project takes no longer`() async throws {
    var fault = StandInInstance.Fault(.status, on: "*", count: 0)
    fault.status = 401
    fault.body = #"{"message":"Legacy API keys are disabled","hint":"They were disabled on 2026-11-01"}"#
    supastore.project.add(fault)
    let failed = try await expectFailure(
      5, in: supastore, "❌ Database connection failed: rows GET schema_version: 401: Legacy API keys are disabled\n",
      "  → They were disabled on 2026-11-01; take an sb_secret_ key from the dashboard: Settings, API Keys\n")
    #expect(failed == [3: nil, 4: 3, 5: 3, 6: 3])
  }

  @Test func `a service in trouble is asked three times`() async throws {
    var fault = StandInInstance.Fault(.status, on: "*", count: 0)
    fault.status = 503
    supastore.project.add(fault)
    let run = try await supastore("test-connection")
    #expect(run.exitStatus == 6)
    #expect(supastore.project.requestCount == 3)
  }

  @Test func `a project that is paused`() async throws {
    var fault = StandInInstance.Fault(.status, on: "*", count: 0)
    fault.status = 540
    supastore.project.add(fault)
    let failed = try await expectFailure(
      6, in: supastore, "❌ Database connection failed: ",
      "  → the project is paused, restricted or read-only: see the dashboard\n")
    #expect(failed == [3: nil, 4: 3, 5: 3, 6: 3])
  }

  @Test func `a URL that is none`() async throws {
    let failed = try await expectFailure(
      2, in: supastore.with(["SUPABASE_URL": "my project"]), "❌ Storage manager initialization failed: SUPABASE_URL: ")
    #expect(failed == [2: nil, 3: 2, 4: 2, 5: 2, 6: 2])
  }

  @Test(arguments: ["conversations", "messages", "files", "conversation_files"])
  func `a missing table`(_ table: String) async throws {
    try await supastore.setUp()
    try supastore.project.query("drop table \(table) cascade")
    let failed = try await expectFailure(
      1, in: supastore, "❌ Table '\(table)' missing or inaccessible\n",
      "  → run `supastore schema | psql \"$DB_URL\"`, or its output in the dashboard's SQL editor\n")
    #expect(failed == [4: nil, 6: 4])
  }

  @Test func `a database without the schema`() async throws {
    try supastore.project.query(
      "drop table conversation_files, files, messages, conversations, schema_version cascade")
    let failed = try await expectFailure(
      1, in: supastore, "❌ Database connection failed: ", "❌ Table 'files' missing or inaccessible\n")
    #expect(failed == [3: nil, 4: nil, 5: nil, 6: 4])
  }

  @Test func `a schema without its version`() async throws {
    try await supastore.setUp()
    try supastore.project.query("delete from schema_version")
    let failed = try await expectFailure(
      1, in: supastore, "❌ Database connection failed: the table schema_version is empty\n  → run the schema again")
    #expect(failed == [3: nil])
  }

  @Test func `a missing bucket`() async throws {
    try await supastore.setUp()
    try supastore.project.query(
      "do $$ begin perform set_config('storage.allow_delete_query','true',true); "
        + "delete from storage.buckets where id = 'generated-files'; end $$")
    let failed = try await expectFailure(
      1, in: supastore, "✅ Bucket 'user-files' exists\n",
      "❌ Bucket 'generated-files': bucket generated-files does not exist\n  → run `supastore setup`\n")
    #expect(failed == [5: nil])
  }

  @Test func `a bucket without a limit`() async throws {
    try await supastore.setUp()
    try supastore.project.query("update storage.buckets set file_size_limit = null where id = 'user-files'")
    let failed = try await expectFailure(
      1, in: supastore, "❌ Bucket 'user-files': bucket user-files has no file size limit\n  → ",
      "✅ Bucket 'generated-files' exists\n")
    #expect(failed == [5: nil])
  }

  @Test(arguments: ["POST /rest/v1/messages", "GET /rest/v1/messages"])
  func `test data is removed when a step fails`(_ route: String) async throws {
    try await supastore.setUp()
    var fault = StandInInstance.Fault(.status, on: route, count: 0)
    fault.status = 400
    fault.body = #"{"code":"XX000","message":"no"}"#
    supastore.project.add(fault)
    let failed = try await expectFailure(
      1, in: supastore, "❌ Conversation operations failed: ", "✅ Cleaned up test data\n")
    #expect(failed == [6: nil])
    #expect(try supastore.project.query("select from conversations union all select from messages").isEmpty)
  }

  @Test func `a lost answer to the removal is asked about`() async throws {
    try await supastore.setUp()
    supastore.project.add(StandInInstance.Fault(.dropAnswer, on: "DELETE /rest/v1/conversations"))
    let run = try await supastore("test-connection")
    #expect(run.exitStatus == 0)
    #expect(try supastore.project.query("select from conversations").isEmpty)
  }
}
