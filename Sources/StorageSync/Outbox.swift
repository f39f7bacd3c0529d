internal import LocalPlace
package import StorageEngine
package import StorageModel
package import StorageRunning
internal import StorageSQLite

/// What the local store took for a project at Supabase that does not have it yet.
package struct Outbox: Sendable {
  let project: OpenProject
  let store: LocalStore

  /// Opens what waits for a project. Nil when nothing was ever kept on this machine; nothing is made.
  ///
  /// The project is asked whether it was found down or not, so it is one of `OpenProject.withOpen(_:_:)`. Throws
  /// `.damaged` when the local store is, `.configuration` in the mode `local`.
  package init?(of project: OpenProject) throws(StorageError) {
    guard project.mode != .local, let url = project.url else {
      throw StorageError(
        .configuration, "there is no Supabase to send to: the mode is local",
        hint: "set SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY, and SUPASTORE_MODE to prefer or not at all")
    }
    let state = try project.journalPlace().directory
    guard LocalStore.exists(in: state) else { return nil }
    self.project = project
    store = try LocalStore(at: LocalStore.place(in: state), for: url)
  }

  /// Keeps everybody else who sends, or recovers the local store, out for as long as the lock lives. Throws `.locked`.
  package func lock() throws(StorageError) -> RunLock { try LocalStore.lock(at: store.path) }

  /// How much waits.
  package func backlog() async throws(StorageError) -> Backlog { try await store.backlog() }

  /// The next items of a kind, in the order in which they are sent, after the item with this `seq`; at most `limit`.
  package func items(
    _ kind: OutboxItem.Kind, parked: Bool = false, after seq: Int64 = 0, limit: Int = 500
  ) async throws(StorageError) -> [OutboxItem] {
    try await store.reading { [url = store.project] tables throws(SQLiteError) in
      try tables.items(kind, for: url, parked: parked, after: seq, limit: limit)
    }
  }

  /// The row of a file that waits.
  package func file(_ id: FileID) async throws(StorageError) -> FileRow? {
    try await store.reading { tables throws(SQLiteError) in try tables.files(ids: [id]).first }
  }

  /// Lets what was refused for good be tried again. Returns how many items these were.
  package func retryParked() async throws(StorageError) -> Int {
    try await store.writing { [url = store.project] tables throws(SQLiteError) in try tables.unpark(for: url) }
  }

  /// Notes what became of items: those without an error are done, the others are tried again, or parked.
  func settle(_ results: [SyncedItem]) async throws(StorageError) {
    try await store.writing { tables throws(SQLiteError) in
      try tables.remove(results.filter { $0.error == nil }.map(\.item))
      try tables.note(
        results.compactMap { result in
          result.error.map { (item: result.item, error: $0, parked: result.status == .parked) }
        })
    }
  }
}
