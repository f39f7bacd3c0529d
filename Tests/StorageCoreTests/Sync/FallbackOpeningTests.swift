import StorageEngine
import StorageModel
import StorageRunning
import StorageSQLite
import Synchronization
import TestSupport
import Testing

@testable import LocalPlace
@testable import StorageSync

/// The local store that stands in for a project, while another process holds its database.
@Suite(.timeLimit(.minutes(1))) struct FallbackOpeningTests {
  /// More than there are threads that tasks share.
  private static let callerCount = 64

  @Test func `whoever waits for the database holds up nobody else`() async throws {
    let directory = try TemporaryDirectory()
    let state = try StateDirectory(at: LocalPath(checked: Array(directory["state"].utf8)))
    _ = try LocalStore(at: LocalStore.place(in: state.path))
    let (waiting, arrival) = AsyncStream.makeStream(of: Void.self)
    try await withThrowingTaskGroup(of: Void.self) { group in
      let holder = try Database(
        .file(Array(directory["state/local/store.sqlite"].utf8)), schema: LocalDatabase.schema, creates: false)
      try holder.lockForGood()
      for _ in 0..<Self.callerCount {
        group.addTask {
          let outage = Outage(in: state.path, named: Array("outage".utf8))
          let fallback = LocalFallback(for: "https://a", outage: outage) {
            arrival.yield()
            return .local(in: state)
          }
          _ = try await fallback.open()
        }
      }
      // Goes on while all of them wait, long before the database gives up on them.
      for await _ in waiting.prefix(Self.callerCount) {}
      try holder.execute("ROLLBACK")
      try await group.waitForAll()
    }
  }
}
