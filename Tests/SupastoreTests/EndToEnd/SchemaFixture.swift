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

  /// Runs it on the project's database, or on another one. It has nothing to say.
  func installSchema(on url: String? = nil) async throws {
    let schema = try await self("schema")
    try #require(schema.exitStatus == 0)
    let psql = try await psql(url ?? project.databaseURL, schema.output)
    try #require(psql.exitStatus == 0, "\(psql.errors)")
    #expect(psql.output == "")
  }
}
