internal import CommandTable
internal import StorageCore
internal import SupastoreShell

/// Help on what all commands have in common.
enum Topics {
  static let all = [exitCodes, environment, output, json]

  static let exitCodes = Topic(
    "exit-codes", abstract: "What the exit status of supastore means", manualSection: "EXIT STATUS"
  ) {
    [
      .paragraph(
        """
        Of several items, all that succeed give 0; if all fail for one reason, that reason's status; otherwise 3. \
        Items that are skipped change nothing.
        """),
      .terms(ExitStatus.allCases.map { Topic.Term(String($0.rawValue), $0.meaning) }),
    ]
  }

  static let environment = Topic(
    "environment", abstract: "The environment variables supastore reads", manualSection: "ENVIRONMENT"
  ) {
    [
      .paragraph("A flag overrides the environment, which overrides .env, which overrides the default."),
      .terms(settings + terminal),
    ]
  }

  private static var settings: [Topic.Term] {
    Setting.allCases.map { setting in
      var meaning = setting.help
      if let file = setting.fileVariant { meaning += " Or \(file): the path of a file that holds it." }
      if let standardValue = setting.standardValue { meaning += " Default: \(standardValue)." }
      return Topic.Term(setting.name, meaning)
    }
  }

  private static let terminal = [
    Topic.Term("NO_COLOR", "If not empty, nothing is printed in bold or in colour."),
    Topic.Term("TERM", "dumb: no escape sequences at all, and progress as plain lines."),
    Topic.Term("COLUMNS", "The width to wrap help to where there is no terminal to ask."),
  ]

  static let output = Topic("output", abstract: "What is printed where") {
    [
      .paragraph(
        """
        Results go to standard output, everything else to standard error: progress, warnings, and errors as \
        'supastore: error: MESSAGE' with 'supastore: hint: WHAT TO DO'. Names with control characters, or that are not \
        UTF-8, are printed with escapes such as \\x1b; the JSON has them exactly.
        """),
      .paragraph(
        """
        --quiet leaves warnings and errors on standard error, nothing else; --verbose adds what is of interest when \
        something is odd. Progress is a line that is drawn again in place on a terminal, and a line every few seconds \
        elsewhere.
        """),
    ]
  }
}
