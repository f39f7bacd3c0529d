import FoundationEssentials
import TestSupport
import Testing

/// The SQL that `schema` prints, run by psql as its users run it.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct SchemaTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private func psql(_ url: String, _ arguments: String..., input: String = "") async throws -> String {
    let outcome = try await Program.run(
      ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--tuples-only", "--no-align", url] + arguments,
      input: Array(input.utf8))
    try #require(outcome.exitStatus == 0, "\(outcome.errors)")
    return outcome.output
  }

  private func deploySchema(to url: String) async throws {
    let schema = try await supastore("schema")
    try #require(schema.exitStatus == 0)
    #expect(try await psql(url, input: schema.output) == "")
  }

  /// Tables with their columns, constraints, indexes, triggers and types, as the catalogs describe them.
  private func catalog(of url: String) async throws -> String {
    try await psql(
      url,
      input: """
        select table_name, ordinal_position, column_name, data_type, udt_name, is_nullable, column_default
          from information_schema.columns where table_schema = 'public' order by 1, 2;
        select conrelid::regclass, conname, pg_get_constraintdef(oid) from pg_constraint
          where connamespace = 'public'::regnamespace order by 1, 2;
        select indexdef from pg_indexes where schemaname = 'public' order by 1;
        select tgrelid::regclass, tgname, tgfoid::regproc, tgtype from pg_trigger where not tgisinternal
          and tgrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) order by 1, 2;
        select typname, enumlabel from pg_enum join pg_type on enumtypid = pg_type.oid
          where typnamespace = 'public'::regnamespace order by typname, enumsortorder;
        select version, description from schema_version order by 1;
        """)
  }

  @Test func `it needs no project and prints the same text as JSON`() async throws {
    let offline = supastore.with(["SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil])
    let text = try await offline("schema")
    #expect(text.exitStatus == 0 && text.errors == "")
    #expect(try await offline("schema", "--json").documents.first?["sql"] == .string(text.output))
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `fresh and Phase-1 databases come out equal, however often it is run`() async throws {
    let name = "fresh\(UUID().uuidString.prefix(8).lowercased())"
    let own = supastore.project.databaseURL
    let database = try #require(try supastore.project.query("select current_database()")[0][0])
    let fresh = own.replacing("/\(database)?", with: "/\(name)?")
    try supastore.project.query("create database \(name) template template0")
    try await deploySchema(to: fresh)
    let first = try await catalog(of: fresh)
    #expect(first.contains("conversation_files") && first.contains("user_upload"))
    try await deploySchema(to: fresh)
    #expect(try await catalog(of: fresh) == first)

    let phase1 = try await catalog(of: own)
    #expect(phase1 == first)
    try await deploySchema(to: own)
    try await deploySchema(to: own)
    #expect(try await catalog(of: own) == first)
    try supastore.project.query("drop database \(name) with (force)")
  }

  @Test func `running it again keeps every row`() async throws {
    try supastore.project.query("insert into conversations (continuation_id) values ('kept')")
    let version = try supastore.project.query("select * from schema_version")
    try await deploySchema(to: supastore.project.databaseURL)
    #expect(try supastore.project.query("select continuation_id from conversations") == [["kept"]])
    #expect(try supastore.project.query("select * from schema_version") == version)
  }

  @Test func `what is missing is made, and the connection test passes`() async throws {
    try await supastore.setUp()
    try supastore.project.query("drop table conversation_files, messages, schema_version cascade")
    #expect(try await supastore("test-connection").exitStatus == 1)
    try await deploySchema(to: supastore.project.databaseURL)
    #expect(try await supastore("test-connection").exitStatus == 0)
  }
}
