import StandIn
import StorageCore
import StorageModel
import TestSupport
import Testing

/// Every way in which a project is not ready is told apart, and nothing of the test stays behind.
@Suite(.standIn(per: .test)) struct ConnectionTestTests {
  private func report(_ fixture: MigrationFixture, url: String? = nil, key: String? = nil) async throws
    -> ConnectionReport
  {
    try await fixture.open(url: url, key: key) { open in
      var report = ConnectionReport()
      report.add(.environment, [.variable(name: "SUPABASE_URL", isSet: true, isRequired: true, source: "")])
      await open.testConnection(&report)
      return report
    }
  }

  private func testData(_ fixture: MigrationFixture) throws -> [[String?]] {
    try fixture.project.query("select (select count(*) from conversations) + (select count(*) from messages)")
  }

  @Test func `a project that is ready passes all six, with either kind of key`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    for key in [fixture.project.serviceKey, fixture.project.secretKey] {
      let report = try await report(fixture, key: key)
      #expect(report.passed)
      #expect(report.entries.map(\.check) == ConnectionCheck.allCases)
    }
    #expect(try testData(fixture) == [["0"]])
  }

  @Test func `a wrong key is denied by the database`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    let key = fixture.project.serviceKey
    let report = try await report(fixture, key: key.dropLast(4) + (key.hasSuffix("AAAA") ? "BBBB" : "AAAA"))
    #expect(report.firstError?.code == .denied)
    #expect(report.passed(.initialization) && !report.passed(.database))
    #expect(report.passedCount == 2)
  }

  @Test func `an anon key is told by its role, before anybody is asked`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    fixture.project.forgetRequests()
    for key in [fixture.project.anonKey, fixture.project.publishableKey] {
      let report = try await report(fixture, key: key)
      #expect(!report.passed(.initialization))
      #expect(report.firstError?.code == .denied)
      #expect(report.firstError?.message.contains("role anon") == true)
    }
    #expect(fixture.project.requestCount == 0)
  }

  @Test(arguments: ["", "key", "a.b", "sb_secret_", "eyJ.eyJ.x", "with space"])
  func `a malformed key is a fault of the configuration`(_ key: String) throws {
    let fixture = try MigrationFixture()
    let error = #expect(throws: StorageError.self) { try fixture.settings(key: key) }
    #expect(error?.code == .configuration)
    #expect(error?.message.contains("SUPABASE_SERVICE_ROLE_KEY") == true)
  }

  @Test func `an expired key is told as expired`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    var fault = Fault(.status, on: "* /rest/v1/*", count: 0)
    fault.status = 401
    fault.body = #"{"code":"PGRST303","details":null,"hint":null,"message":"JWT expired"}"#
    fixture.project.add(fault)
    let report = try await report(fixture)
    #expect(report.firstError?.code == .denied)
    #expect(report.firstError?.hint?.contains("expired") == true)
  }

  @Test func `a host that is not there is unreachable`() async throws {
    let report = try await report(try MigrationFixture(), url: "http://127.0.0.1:1")
    #expect(report.firstError?.code == .unreachable)
    #expect(!report.passed(.database))
  }

  @Test(arguments: ["conversations", "messages", "files", "conversation_files", "schema_version"])
  func `a missing table is named`(_ table: String) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.project.query("drop table \(table) cascade")
    let report = try await report(fixture)
    #expect(report.firstError?.code == .setup)
    if table == "schema_version" {
      #expect(!report.passed(.database) && report.passed(.tables))
    } else {
      #expect(!report.passed(.tables) && !report.passed(.conversation))
      let names = report.entries.flatMap(\.findings).compactMap { finding -> String? in
        guard case .tableFailed(let name, _) = finding else { return nil }
        return name
      }
      #expect(names == [table])
    }
  }

  @Test func `a missing bucket and one without a limit are told apart`() async throws {
    let fixture = try MigrationFixture()
    let empty = try await report(fixture)
    #expect(!empty.passed(.buckets) && empty.passedCount == 5)
    #expect(empty.firstError?.hint == "run `supastore setup`")
    try await fixture.makeBuckets()
    try fixture.project.query("update storage.buckets set file_size_limit = null where id = 'user-files'")
    let unlimited = try await report(fixture)
    #expect(!unlimited.passed(.buckets) && unlimited.passedCount == 5)
    #expect(unlimited.firstError?.message == "bucket user-files has no file size limit")
  }

  @Test(arguments: ["POST /rest/v1/messages", "GET /rest/v1/messages", "POST /rest/v1/conversations"])
  func `nothing of the test stays when a step fails`(_ route: String) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    var fault = Fault(.status, on: route, count: 0)
    fault.status = 400
    fault.when = .after
    fault.body = #"{"code":"22000","details":null,"hint":null,"message":"no"}"#
    fixture.project.add(fault)
    let report = try await report(fixture)
    #expect(!report.passed(.conversation))
    #expect(report.passedCount == 5)
    #expect(try testData(fixture) == [["0"]])
  }

  @Test func `an answer lost while cleaning up is asked for again`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    fixture.project.add(
      Fault(.dropAnswer, on: "DELETE /rest/v1/conversations"), Fault(.dropAnswer, on: "POST /rest/v1/messages"))
    #expect(try await report(fixture).passed)
    #expect(try testData(fixture) == [["0"]])
  }
}
