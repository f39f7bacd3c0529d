internal import CommandTable

/// `supastore config show`
enum ConfigShowCommand {
  static let declaration = Declaration(
    "config show", abstract: "Show every setting, its value and where it comes from",
    discussion: """
      Of a key it is only said whether it is set. The settings themselves are explained by 'supastore help environment'.
      """,
    examples: [
      Example("supastore config show", "Which project is meant, and why"),
      Example("supastore config show --env-file production.env", "The same with another file of settings"),
    ])
}
