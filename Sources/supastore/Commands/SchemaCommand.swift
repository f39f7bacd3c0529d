internal import CommandTable

/// `supastore schema`
enum SchemaCommand {
  static let declaration = Declaration(
    "schema", abstract: "Print the SQL that creates the database tables",
    discussion: """
      Needs no connection. The SQL creates what is missing and leaves what is there, so it can be run again. Run it with \
      psql, or paste it into the SQL editor of the project's dashboard.
      """,
    examples: [Example("supastore schema | psql \"$DB_URL\"", "Create the tables")])
}
