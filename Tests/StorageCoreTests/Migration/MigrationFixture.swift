import FoundationEssentials
import Synchronization
import TestSupport

@testable import StorageCore

/// A source tree and a state directory of its own, and the project of the present stand-in.
struct MigrationFixture {
  let tree: TemporaryDirectory
  let state: TemporaryDirectory
  let project: StandInInstance

  init() throws {
    tree = try TemporaryDirectory()
    state = try TemporaryDirectory()
    project = try StandInInstance.current
  }

  func settings(in state: TemporaryDirectory? = nil, url: String? = nil) throws -> ProjectSettings {
    let variables = [
      "SUPABASE_URL": url ?? project.url, "SUPABASE_SERVICE_ROLE_KEY": project.serviceKey,
      "SUPASTORE_STATE_DIR": (state ?? self.state).path,
    ]
    return try ProjectSettings(
      Configuration(environment: Environment(variables.mapValues { Array($0.utf8) }), dotEnvFile: nil))
  }

  func makeBuckets() async throws {
    try await OpenProject.withOpen(settings()) { open in _ = try await open.setUpBuckets(creating: true) }
  }

  /// Migrates the tree into the conversation `c1`.
  func migrate(
    _ options: Migration.Options = .init(), state: TemporaryDirectory? = nil
  ) async throws -> (summary: MigrationSummary, files: [FileOutcome]) {
    let outcomes = Mutex<[FileOutcome]>([])
    let summary = try await OpenProject.withOpen(settings(in: state)) { open in
      let roots = try MigrationRoot.open([LocalPath(checked: Array(tree.path.utf8))], continuationID: "c1")
      return await Migration(open, options: options, stop: StopSignal()).run(roots) { outcome in
        outcomes.withLock { $0.append(outcome) }
      }
    }
    return (summary, outcomes.withLock { $0 })
  }

  /// Objects, rows and links in the database.
  func counts() throws -> [Int] {
    try ["storage.objects", "files", "conversation_files"].map { table in
      try Int(project.query("select count(*) from \(table)")[0][0] ?? "") ?? -1
    }
  }
}
