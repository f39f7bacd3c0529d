import TestSupport
import Testing

/// The SQL that `schema` prints, run by psql as its users run it.
extension Supastore {
  /// - Parameter options: psql's, besides those for scripts.
  func psql(_ url: String, _ input: String, options: [String] = ["--set=ON_ERROR_STOP=1"]) async throws -> Run {
    Run(
      try await Program.run(
        ["psql", "--no-psqlrc", "--quiet", "--tuples-only", "--no-align", url] + options, input: Array(input.utf8)))
  }

  /// Runs it on the project's database, or on another one. It has nothing to say but that the tables of Phase 1 are open.
  func installSchema(on url: String? = nil, restricting: Bool = false) async throws {
    let schema = try await run(["schema"] + (restricting ? ["--restrict"] : []))
    try #require(schema.exitStatus == 0)
    let psql = try await psql(url ?? project.databaseURL, schema.output)
    try #require(psql.exitStatus == 0, "\(psql.errors)")
    #expect(psql.output == "")
    #expect(
      psql.errors.split(separator: "\n").allSatisfy { $0.contains("supastore schema --restrict") }, "\(psql.errors)")
  }

  /// Tables with their columns, constraints, indexes, triggers and types, and the functions of supastore with who may
  /// call them, as the catalogs describe them.
  func catalog(of url: String) async throws -> String {
    let run = try await psql(
      url,
      """
      select table_name, ordinal_position, column_name, data_type, udt_name, is_nullable, column_default, is_identity
        from information_schema.columns where table_schema = 'public' order by 1, 2;
      select conrelid::regclass, conname, pg_get_constraintdef(oid) from pg_constraint
        where connamespace = 'public'::regnamespace order by 1, 2;
      select indexdef from pg_indexes where schemaname = 'public' order by 1;
      select tgrelid::regclass, tgname, tgfoid::regproc, tgtype, tgenabled from pg_trigger where not tgisinternal
        and tgrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) order by 1, 2;
      select typname, enumlabel from pg_enum join pg_type on enumtypid = pg_type.oid
        where typnamespace = 'public'::regnamespace order by typname, enumsortorder;
      select pg_get_functiondef(oid), array(select r from unnest(array['anon', 'authenticated', 'service_role']) r
          where has_function_privilege(r, oid, 'execute')) from pg_proc
        where pronamespace = 'public'::regnamespace and proname like 'supastore%' order by oid::regprocedure::text;
      select relname, relrowsecurity, array(select r || ' ' || p
          from unnest(array['anon', 'authenticated', 'service_role']) r, unnest(array['select', 'insert', 'update']) p
          where has_table_privilege(r, oid, p)) from pg_class
        where relname in ('supastore_trash', 'supastore_audit') order by 1;
      select version, description from schema_version order by 1;
      """)
    try #require(run.exitStatus == 0, "\(run.errors)")
    return run.output
  }
}

/// Whom a token stands for.
enum Role: String, CaseIterable {
  case anon, authenticated
  case service = "service_role"
}

extension StandInInstance {
  /// Asks PostgREST as a program of somebody else does.
  func rows(as role: Role, _ method: String, _ path: String, _ body: String? = nil) throws -> RawAnswer {
    let token =
      switch role {
      case .anon: anonKey
      case .authenticated: userToken
      case .service: serviceKey
      }
    let connection = try RawConnection(port: port)
    let lines = [
      "\(method) /rest/v1/\(path) HTTP/1.1", "Host: 127.0.0.1", "apikey: \(anonKey)", "Authorization: Bearer \(token)",
      "Content-Type: application/json", "Content-Length: \(body?.utf8.count ?? 0)", "Connection: close",
    ]
    try connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? ""))
    return try #require(try connection.receiveAnswer(to: method))
  }
}
