internal import CommandTable

/// `supastore test-connection`
enum TestConnectionCommand {
  static let declaration = Declaration(
    "test-connection", aliases: ["doctor"], abstract: "Check that everything is set up, in six steps",
    discussion: """
      Checks the environment variables, the key, the connection to the database, its tables, the storage buckets, and \
      that a conversation with a message can be created, read back and removed. What the test creates is removed even \
      when a step fails. No key is ever printed.

      Exits with 0 only when all six pass; with 2 when a variable is missing, 5 when the key is refused, 6 when the \
      project cannot be reached, otherwise 1.
      """,
    examples: [
      Example("supastore test-connection", "Check the project that the environment or .env names"),
      Example("supastore doctor --json | jq .", "The same as data"),
    ])
}
