internal import CommandTable

/// `supastore setup`
enum SetupCommand {
  static let check = Flag("check", help: "Only say what is missing or different; create nothing.")
  static let declaration = Declaration(
    "setup", abstract: "Create the storage buckets that are missing",
    discussion: """
      Creates user-files (at most 50 MiB a file) and generated-files (at most 10 MiB a file), both private. A bucket \
      that exists is never changed; where it differs, that is shown. Run it as often as you like.

      With --check the exit status is 8 when something is missing or different.
      """,
    examples: [
      Example("supastore setup", "Create what is missing"),
      Example("supastore setup --check", "Only look"),
    ],
    check)
}
