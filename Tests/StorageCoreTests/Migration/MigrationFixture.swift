import FoundationEssentials
import Glibc
import StorageEngine
import StorageFiles
import StorageModel
import StoragePlaces
import StorageRunning
import Synchronization
import TestSupport
import Testing

@testable import StorageCore

/// A source tree and a state directory of its own, and the project of the present stand-in.
struct MigrationFixture {
  typealias Run = (summary: MigrationSummary, files: [FileOutcome])

  let tree: TestSupport.TemporaryDirectory
  let state: TestSupport.TemporaryDirectory
  let project: StandInInstance
  /// What waits between attempts: nobody really waits.
  let clock = InstantClock()

  init() throws {
    tree = try TemporaryDirectory()
    state = try TemporaryDirectory()
    project = try StandInInstance.current
  }

  /// The same, in a project with its buckets.
  static func withBuckets() async throws -> MigrationFixture {
    let fixture = try MigrationFixture()
    try await fixture.makeBuckets()
    return fixture
  }

  func settings(
    in state: TestSupport.TemporaryDirectory? = nil, url: String? = nil, key: String? = nil
  ) throws -> ProjectSettings {
    let variables = [
      "SUPABASE_URL": url ?? project.url, "SUPABASE_SERVICE_ROLE_KEY": key ?? project.serviceKey,
      "SUPASTORE_STATE_DIR": (state ?? self.state).path,
    ]
    return try ProjectSettings(
      Configuration(environment: Environment(variables.mapValues { Array($0.utf8) }), dotEnvFile: nil))
  }

  func open<Value: Sendable>(
    in state: TestSupport.TemporaryDirectory? = nil, url: String? = nil, key: String? = nil,
    _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    try await OpenProject.withOpen(
      settings(in: state, url: url, key: key), retrier: Retrier(budget: RetryBudget(), clock: clock), body)
  }

  func makeBuckets() async throws {
    try await open { open in _ = try await open.setUpBuckets(creating: true) }
  }

  var roots: [MigrationRoot] {
    get throws { try MigrationRoot.open([LocalPath(checked: Array(tree.path.utf8))], continuationID: "c1") }
  }

  /// Migrates the tree into the conversation `c1`.
  func migrate(
    _ options: MigrationOptions = .init(), state: TestSupport.TemporaryDirectory? = nil, url: String? = nil,
    key: String? = nil, stop: StopSignal = StopSignal(), through interposer: Interposer? = nil
  ) async throws -> Run {
    let outcomes = Mutex<[FileOutcome]>([])
    let summary = try await open(in: state, url: url, key: key) { open in
      let open = interposer?.between(open) ?? open
      return await Migration(open, options: options, stop: stop).run(try roots) { outcome in
        outcomes.withLock { $0.append(outcome) }
      }
    }
    let files = outcomes.withLock { $0 }
    #expect(summary.scanned == files.count)
    return (summary, files)
  }

  func plan(_ options: MigrationOptions = .init()) async throws -> MigrationPlan {
    try await open { open in try await Migration(open, options: options, stop: StopSignal()).plan(try roots) }
  }

  func writeFiles(_ numbers: Range<Int>) throws {
    for number in numbers { try tree.write("file \(number)".utf8, to: "f\(number).txt") }
  }

  /// Objects, rows and links in the database.
  func counts() throws -> [Int] {
    try ["storage.objects", "files", "conversation_files"].map { table in
      try Int(project.query("select count(*) from \(table)")[0][0] ?? "") ?? -1
    }
  }

  /// Takes objects away as another program would, rows of the service and all.
  func removeObjects(like pattern: String) throws {
    try project.query(
      """
      do $$ begin perform set_config('storage.allow_delete_query', 'true', true);
      delete from storage.objects where name like '\(pattern)'; end $$
      """)
  }

  /// Requests that carried content.
  func uploadCount() -> Int {
    project.requests().count { $0.method == "POST" && $0.target.hasPrefix("/storage/v1/object/user-files/") }
  }

  /// The bytes of every stored file, by its exact name, each downloaded through its row.
  func downloadEverything() async throws -> [LocalPath: [UInt8]] {
    let target = try TestSupport.TemporaryDirectory()
    return try await open { open in
      var contents: [LocalPath: [UInt8]] = [:]
      for row in try await open.rows.files(matching: FileQuery()).elements {
        let directory = LocalPath(checked: Array(target.path.utf8))
        let file = try await open.download(.id(row.id), to: .directory(directory))
        let path = try #require(file.path)
        #expect(file.isVerified)
        contents[try #require(path.baseName)] = try read(path)
      }
      return contents
    }
  }
}

func read(_ path: LocalPath) throws -> [UInt8] {
  let file = try SourceFile(at: path)
  var bytes = [UInt8](repeating: 0, count: Int(file.status.byteCount) + 1)
  let count = try bytes.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }
  return Array(bytes.prefix(count))
}

/// Bytes of which no two stretches are alike.
func noise(_ count: Int) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: (count + 7) / 8 * 8)
  bytes.withUnsafeMutableBytes { buffer in
    var state: UInt64 = 1
    for offset in stride(from: 0, to: buffer.count, by: 8) {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      buffer.storeBytes(of: state, toByteOffset: offset, as: UInt64.self)
    }
  }
  return Array(bytes.prefix(count))
}

/// A clock on which every wait is over at once, and adds up.
final class InstantClock: Clock {
  struct Instant: InstantProtocol {
    var offset: Swift.Duration

    func advanced(by duration: Swift.Duration) -> Instant { Instant(offset: offset + duration) }
    func duration(to other: Instant) -> Swift.Duration { other.offset - offset }
    static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
  }

  private let time = Mutex(Swift.Duration.zero)

  /// What was waited for so far.
  var waited: Swift.Duration { time.withLock { $0 } }
  var now: Instant { Instant(offset: waited) }
  var minimumResolution: Swift.Duration { .zero }

  func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
    time.withLock { $0 = max($0, deadline.offset) }
  }
}
