import TestSupport
import Testing

/// The built program, in the environment that the present test's project asks for and with a state directory of its own.
struct Supastore {
  let project: StandInInstance
  private let ownState: TemporaryDirectory
  var environment: [String: String]

  init() throws {
    project = try StandInInstance.current
    ownState = try TemporaryDirectory()
    environment = project.environment.filter { $0.key.hasPrefix("SUPABASE_") }
    environment["SUPASTORE_STATE_DIR"] = stateDirectory
    // A service in trouble is asked as often as ever, and sooner.
    environment["STORAGECORE_HASTE"] = "20"
  }

  /// Made by the program when it first needs it.
  var stateDirectory: String { ownState["state"] }

  /// With other values of variables; nil takes one away.
  func with(_ changes: [String: String?]) -> Supastore {
    var other = self
    for (name, value) in changes { other.environment[name] = value }
    return other
  }

  /// The same, waiting no longer than a second for the first answer of a service that says nothing.
  var impatient: Supastore { with(["STORAGECORE_PATIENCE": "1000"]) }

  /// Runs `supastore` to its end.
  func callAsFunction(_ arguments: String..., directory: String? = nil, input: [UInt8] = []) async throws -> Run {
    try await run(arguments, directory: directory, input: input)
  }

  /// - Parameter input: its standard input.
  func run(_ arguments: [String], directory: String? = nil, input: [UInt8] = []) async throws -> Run {
    let program = try Program.product("supastore")
    return Run(
      try await Program.run([program] + arguments, environment: environment, directory: directory, input: input))
  }

  /// Starts `supastore`, to be disturbed while it runs.
  func start(_ arguments: String...) throws -> Program {
    try Program([Program.product("supastore")] + arguments, environment: environment)
  }

  /// Runs a shell script, in which `supastore` is `"$0"`.
  func script(_ text: String, _ arguments: String...) async throws -> Run {
    try await script(text, arguments)
  }

  func script(_ text: String, _ arguments: [String]) async throws -> Run {
    let program = try Program.product("supastore")
    return Run(try await Program.run(["/bin/sh", "-c", text, program] + arguments, environment: environment))
  }

  /// Runs a shell line in which `supastore` is "$PROGRAM". All its streams are one terminal; what appears there is the
  /// output.
  /// - Parameter typing: what somebody types there.
  func onTerminal(
    _ line: String, columns: Int = 80, typing: String = "", _ variables: [String: String] = [:]
  ) async throws -> Run {
    var environment = environment.merging(["TERM": "xterm"]) { $1 }.merging(variables) { $1 }
    environment["PROGRAM"] = try Program.product("supastore")
    return Run(
      try await Program.run(
        ["/usr/bin/script", "-qec", "stty cols \(columns) -echo -onlcr; \(line)", ownState["typescript"]],
        environment: environment, input: Array(typing.utf8)))
  }

  /// Makes the buckets, by the program itself.
  func setUp() async throws {
    let run = try await self("setup")
    try #require(run.exitStatus == 0, "\(run.errors)")
  }

  /// How many objects, rows and links there are, and how many rows have exactly one object and one link.
  func counts() throws -> StoredCounts {
    func count(_ from: String) throws -> Int {
      try Int(project.query("select count(*) from \(from)")[0][0] ?? "") ?? -1
    }
    return try StoredCounts(
      objects: count("storage.objects"), rows: count("files"), links: count("conversation_files"),
      complete: count(
        """
        files f where (select count(*) from storage.objects o where o.name = f.storage_path) = 1
        and (select count(*) from conversation_files l where l.file_id = f.id) = 1
        """))
  }
}

struct StoredCounts: Equatable {
  var objects: Int
  var rows: Int
  var links: Int
  /// Rows with one object and one link.
  var complete: Int

  init(objects: Int, rows: Int, links: Int, complete: Int) {
    (self.objects, self.rows, self.links, self.complete) = (objects, rows, links, complete)
  }

  /// Everything there exactly once.
  init(each count: Int) {
    self.init(objects: count, rows: count, links: count, complete: count)
  }
}

/// How a run of the program ended.
struct Run {
  let exitStatus: Int32
  let output: String
  let errors: String

  init(_ outcome: Program.Outcome) {
    exitStatus = outcome.exitStatus
    output = outcome.output
    errors = outcome.errors
  }

  /// Standard output, line by line, as JSON.
  var documents: [JSONValue] {
    get throws { try output.split(separator: "\n").map { try JSONValue(line: $0) } }
  }

  /// The documents of one type.
  func documents(_ type: String) throws -> [JSONValue] {
    try documents.filter { $0["type"]?.string == type }
  }

  /// The one error that standard error holds as JSON.
  var error: JSONValue? {
    get throws { try errors.split(separator: "\n").last.flatMap { try JSONValue(line: $0)["error"] } }
  }

  /// The summary of a migration: the last line.
  var summary: JSONValue {
    get throws {
      let last = try #require(try documents.last, "no output; errors: \(errors)")
      try #require(last["type"]?.string == "summary")
      return last
    }
  }
}
