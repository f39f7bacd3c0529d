import TestSupport
import Testing

/// `test-connection` against a project as Phase 1 left it.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ConnectionTestTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  /// The page with values replaced by names, after each was checked.
  private func page(of run: Run) throws -> String {
    var lines = run.output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (index, line) in lines.enumerated() {
      func value(after prefix: String, is isExpected: (Substring) -> Bool, named name: String) {
        guard line.hasPrefix(prefix) else { return }
        #expect(isExpected(line.dropFirst(prefix.count)), "\(line)")
        lines[index] = prefix + name
      }
      value(after: "   URL: ", is: { $0 == supastore.project.url }, named: "<url>")
      value(
        after: "   Applied at: ", is: { $0.wholeMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z/#) != nil },
        named: "<time>")
      value(after: "✅ Created test conversation: ", is: isUUID, named: "<uuid>")
      value(after: "✅ Created test message: ", is: isUUID, named: "<uuid>")
    }
    return lines.joined(separator: "\n")
  }

  private func isUUID(_ text: Substring) -> Bool {
    text.wholeMatch(of: #/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/#) != nil
  }

  @Test func `a project that is set up shows the guide's page`() async throws {
    try await supastore.setUp()
    let run = try await supastore("test-connection")
    #expect(run.exitStatus == 0)
    #expect(
      run.errors == """
        supastore: the key is of the legacy kind, which Supabase ends: make an sb_secret_ key in the dashboard, \
        Settings, API Keys

        """)
    #expect(try page(of: run) == guidePage)
    #expect(try await page(of: supastore("doctor")) == guidePage)
  }

  @Test func `the test leaves no row behind and stores nothing`() async throws {
    try await supastore.setUp()
    supastore.project.forgetRequests()
    _ = try await supastore("test-connection")
    #expect(supastore.project.requests().contains { $0.method == "POST" && $0.target.contains("/messages") })
    #expect(try supastore.project.query("select from conversations union all select from messages").isEmpty)
    #expect(try supastore.counts() == StoredCounts(each: 0))
  }

  @Test func `the anon key is optional`() async throws {
    try await supastore.setUp()
    let run = try await supastore.with(["SUPABASE_ANON_KEY": nil])("test-connection")
    #expect(run.exitStatus == 0)
    let expected = guidePage.replacing("SUPABASE_ANON_KEY: ✅ SET", with: "   SUPABASE_ANON_KEY: not set (optional)")
    #expect(try page(of: run) == expected)
  }

  @Test func `the opaque keys do as well`() async throws {
    try await supastore.setUp()
    let keys = [
      "SUPABASE_SERVICE_ROLE_KEY": supastore.project.secretKey, "SUPABASE_ANON_KEY": supastore.project.publishableKey,
    ]
    #expect(try await page(of: supastore.with(keys)("test-connection")) == guidePage)
  }

  @Test func `the JSON says what the page says`() async throws {
    try await supastore.setUp()
    let run = try await supastore("test-connection", "--json")
    let report = try #require(try run.documents.first)
    #expect(report["passed"] == true && report["passed_count"] == 6 && report["total"] == 6)
    let tests = try #require(report["tests"]?.array)
    #expect(tests.map { $0["number"] } == [1, 2, 3, 4, 5, 6])
    #expect(tests.allSatisfy { $0["passed"] == true && $0["findings"]?.array?.isEmpty == false })
    let tables = try #require(tests[3]["findings"]?.array).map { [$0["name"], $0["rows"]] }
    #expect(tables == ["conversations", "messages", "files", "conversation_files"].map { [.string($0), 0] })
  }

  @Test func `a row count is exact`() async throws {
    try supastore.project.query(
      "insert into conversations (continuation_id) select 'c' || n from generate_series(1, 1234) n")
    let run = try await supastore("test-connection")
    #expect(run.output.contains("✅ Table 'conversations' exists (rows: 1234)\n"))
  }
}

/// As the guide has it, values apart.
private let guidePage = """
  ================================================================================
  SUPABASE CONNECTION TEST SUITE
  ================================================================================

  ================================================================================
  TEST 1: Environment Variables
  ================================================================================
  SUPABASE_URL: ✅ SET
  SUPABASE_ANON_KEY: ✅ SET
  SUPABASE_SERVICE_ROLE_KEY: ✅ SET

  ✅ All environment variables are set!

  ================================================================================
  TEST 2: Storage Manager Initialization
  ================================================================================
  ✅ Storage manager initialized successfully!
     URL: <url>
     Enabled: True

  ================================================================================
  TEST 3: Database Connection
  ================================================================================
  ✅ Database connection successful!
     Schema version: 1
     Description: Initial schema: conversations, messages, files, conversation_files
     Applied at: <time>

  ================================================================================
  TEST 4: Table Structure
  ================================================================================
  ✅ Table 'conversations' exists (rows: 0)
  ✅ Table 'messages' exists (rows: 0)
  ✅ Table 'files' exists (rows: 0)
  ✅ Table 'conversation_files' exists (rows: 0)

  ✅ All required tables exist!

  ================================================================================
  TEST 5: Storage Buckets
  ================================================================================
  ✅ Bucket 'user-files' exists
     Public: False
     File size limit: 50.0 MB
  ✅ Bucket 'generated-files' exists
     Public: False
     File size limit: 10.0 MB

  ✅ All required storage buckets exist!

  ================================================================================
  TEST 6: Conversation Operations
  ================================================================================
  ✅ Created test conversation: <uuid>
  ✅ Created test message: <uuid>
  ✅ Retrieved conversation history: 1 messages
  ✅ Cleaned up test data

  ================================================================================
  TEST SUMMARY
  ================================================================================
  Environment Variables: ✅ PASS
  Storage Manager Init: ✅ PASS
  Database Connection: ✅ PASS
  Table Structure: ✅ PASS
  Storage Buckets: ✅ PASS
  Conversation Operations: ✅ PASS

  Total: 6/6 tests passed

  🎉 All tests passed! Supabase integration is ready!

  """
