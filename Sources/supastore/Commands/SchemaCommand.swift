internal import CommandTable
internal import StorageCore

/// `supastore schema`
enum SchemaCommand {
  static let declaration = Declaration(
    "schema", abstract: "Print the SQL that creates the database tables",
    discussion: """
      Needs no connection. The SQL creates what is missing and leaves what is there, so it can be run again. Run it \
      with psql, or paste it into the SQL editor of the project's dashboard.
      """,
    examples: [Example("supastore schema | psql \"$DB_URL\"", "Create the tables")])
}

extension SchemaCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    if context.console.isJSON {
      try context.console.result(["type": "schema", "sql": .string(DatabaseSchema.sql)])
    } else {
      try context.console.result(text: DatabaseSchema.sql)
    }
    return .done
  }
}
