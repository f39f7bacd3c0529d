import StorageDigests
import TestSupport
import Testing

/// The built program without Supabase, with a state directory of its own.
struct LocalSupastore {
  let directory: TemporaryDirectory
  var environment: [String: String]

  init() throws {
    directory = try TemporaryDirectory()
    environment = ["SUPASTORE_STATE_DIR": directory["state"]]
  }

  /// With other values of variables.
  func with(_ changes: [String: String]) -> LocalSupastore {
    var other = self
    other.environment.merge(changes) { $1 }
    return other
  }

  /// Runs `supastore` to its end.
  func callAsFunction(_ arguments: String..., input: [UInt8] = []) async throws -> Run {
    try await run(arguments, input: input)
  }

  func run(_ arguments: [String], input: [UInt8] = []) async throws -> Run {
    Run(
      try await Program.run(
        [Program.product("supastore")] + arguments, environment: environment, directory: directory.path, input: input))
  }

  func start(_ arguments: String...) throws -> Program {
    try Program([Program.product("supastore")] + arguments, environment: environment, directory: directory.path)
  }

  /// Writes files below `root`, each with content of its own.
  func writeFiles(_ numbers: Range<Int>) throws {
    for number in numbers { try directory.write("file \(number)".utf8, to: "root/d\(number % 7)/f\(number).txt") }
  }

  /// Downloads a conversation, each file verified on the way, and says how many there are.
  func downloadedCount(_ conversation: String) async throws -> Int {
    let target = try TemporaryDirectory()
    let run = try await self("download", "--conversation", conversation, "-o", target["copy"], "--json")
    #expect(run.exitStatus == 0, "\(run.errors)")
    let files = try run.documents("download")
    #expect(files.allSatisfy { $0["verified"] == .bool(true) && $0["source"]?.string == "local" })
    return files.count
  }
}

/// In lower-case hex.
func sha256(_ bytes: [UInt8]) throws -> String { try SHA256Digest.of(bytes).hex }
