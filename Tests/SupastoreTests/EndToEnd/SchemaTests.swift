import FoundationEssentials
import TestSupport
import Testing

/// What the SQL that `schema` prints does to a database.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SchemaTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private var url: String { supastore.project.databaseURL }

  @Test func `it needs no project and prints the same text as JSON`() async throws {
    let offline = supastore.with(["SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil])
    let text = try await offline("schema")
    #expect(text.exitStatus == 0 && text.errors == "")
    #expect(try await offline("schema", "--json").documents.first?["sql"] == .string(text.output))
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `fresh and Phase-1 databases come out equal, however often it is run`() async throws {
    let name = "fresh\(UUID().uuidString.prefix(8).lowercased())"
    let database = try #require(try supastore.project.query("select current_database()")[0][0])
    let fresh = url.replacing("/\(database)?", with: "/\(name)?")
    try supastore.project.query("create database \(name) template template0")
    try await supastore.installSchema(on: fresh)
    let first = try await supastore.catalog(of: fresh)
    for part in ["conversation_files", "user_upload", "supastore_trash", "supastore_survey"] {
      #expect(first.contains(part))
    }
    try await supastore.installSchema(on: fresh)
    #expect(try await supastore.catalog(of: fresh) == first)

    for _ in 0..<3 {
      try await supastore.installSchema()
      #expect(try await supastore.catalog(of: url) == first)
    }
    try supastore.project.query("drop database \(name) with (force)")
  }

  @Test func `running it again keeps every row`() async throws {
    try supastore.project.query("insert into conversations (continuation_id) values ('kept')")
    let version1 = try supastore.project.query("select * from schema_version")
    try await supastore.installSchema()
    try supastore.project.query(
      "insert into supastore_trash (bucket, key, rule, run_id) values ('b', 'k', 'object', gen_random_uuid())")
    let tables = ["conversations", "schema_version", "supastore_trash"]
    let rows = try tables.map { try supastore.project.query("select * from \($0) order by 1") }
    #expect(rows[0].count == 1 && rows[1].first == version1.first && rows[1].count == 2)
    try await supastore.installSchema()
    #expect(try tables.map { try supastore.project.query("select * from \($0) order by 1") } == rows)
  }

  @Test(arguments: [["--set=ON_ERROR_STOP=1"], []])
  func `all of it or nothing`(_ options: [String]) async throws {
    // Stands in the way of the last of the functions.
    try supastore.project.query("create function supastore_schema() returns text language sql as 'select null'")
    let before = try await supastore.catalog(of: url)
    let psql = try await supastore.psql(url, try await supastore("schema").output, options: options)
    #expect(psql.errors.contains("cannot change return type"))
    #expect(try await supastore.catalog(of: url) == before)
    try supastore.project.query("drop function supastore_schema()")
    try await supastore.installSchema()
  }

  @Test func `what is missing is made, and the connection test passes`() async throws {
    try await supastore.setUp()
    try supastore.project.query("drop table conversation_files, messages, schema_version cascade")
    #expect(try await supastore("test-connection").exitStatus == 1)
    try await supastore.installSchema()
    #expect(try await supastore("test-connection").exitStatus == 0)
  }

  @Test func `the connection test shows the same page, but for the version`() async throws {
    try await supastore.setUp()
    let before = try await supastore("test-connection")
    try await supastore.installSchema()
    let after = try await supastore("test-connection")
    #expect(before.exitStatus == 0 && after.exitStatus == 0)
    func lines(_ run: Run) -> [Substring] {
      run.output.split(separator: "\n", omittingEmptySubsequences: false).filter { line in
        !["Schema version", "Description", "Applied at"].contains { line.contains("   \($0): ") }
          && !line.contains("Created test")
      }
    }
    #expect(lines(before) == lines(after) && before.errors == after.errors)
    #expect(after.output.contains("   Schema version: 2\n"))
  }
}
