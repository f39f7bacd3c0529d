internal import CommandTable
internal import StorageCore
internal import SupastoreShell

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

extension SetupCommand: Command {
  static func run(_ arguments: Arguments, in context: CommandContext) async throws -> ExitStatus {
    let (states, origin) = try await context.withProject(context.configuration(arguments)) { project in
      if project.backend == .local { context.console.note("the local store needs no setup") }
      return (try await project.setUpBuckets(creating: !arguments[check]), project.origin)
    }
    for state in states {
      if context.console.isJSON {
        try context.console.result(state.json + origin)
      } else {
        try context.console.result(state.line)
      }
    }
    return arguments[check] && states.contains { $0.finding != .present } ? .different : .done
  }
}

extension BucketState {
  fileprivate var json: JSONDocument {
    [
      "type": "bucket", "bucket": .string(expected.name), "status": .string(finding.rawValue),
      "expected": expected.json, "actual": actual?.json ?? .null,
    ]
  }

  fileprivate var line: String {
    switch finding {
    case .present, .created: "bucket \(expected.name): \(finding.rawValue), \(expected.settings)"
    case .missing: "bucket \(expected.name): missing; it should be \(expected.settings)"
    case .different:
      "bucket \(expected.name): \(actual?.settings ?? "different"); it should be \(expected.settings)"
    }
  }
}

extension StoredBucket {
  fileprivate var json: JSONDocument {
    ["public": .bool(isPublic), "file_size_limit": JSONDocument(byteLimit)]
  }

  fileprivate var settings: String {
    "\(isPublic ? "public" : "private"), \(byteLimit.map { "at most \(ByteSize($0)) a file" } ?? "without a limit")"
  }
}
