package import LocalPlace
package import StorageEngine
internal import StorageFiles
package import StorageModel
internal import StoragePlaces
package import StorageRunning
internal import StorageSQLite

/// The local store as what stands in for a project at Supabase while that is down. Opened when it is first needed, which
/// blocks as long as another process holds it: so on a queue of its own.
package actor LocalFallback: Fallback {
  private let executor = BlockingExecutor(label: "supastore.fallback")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  package nonisolated let outage: Outage
  private let state: @Sendable () throws(StorageError) -> JournalPlace
  private let projectURL: String
  private var opened: (project: OpenProject, store: LocalStore)?

  /// - Parameter state: the place of the project's journal, made when it is missing.
  package init(
    for projectURL: String, outage: Outage, state: @escaping @Sendable () throws(StorageError) -> JournalPlace
  ) {
    self.projectURL = projectURL
    self.outage = outage
    self.state = state
  }

  /// The local store, whose changes wait for the project; made when it is missing.
  func open() throws(StorageError) -> (project: OpenProject, store: LocalStore) {
    if let opened { return opened }
    let place = try state()
    let store = try LocalStore(at: LocalStore.place(in: place.directory), for: projectURL)
    let new = (OpenProject(.prefer, store, journal: place, retrier: Retrier(budget: RetryBudget())), store)
    opened = new
    return new
  }

  package func open(after outage: StorageError) throws(StorageError) -> OpenProject {
    do throws(StorageError) {
      return try open().project
    } catch {
      guard error.code != .damaged else { throw error }
      var outage = outage
      outage.hint = "nothing was kept in the local store: \(error.message)"
      throw outage
    }
  }

  package func existing() throws(StorageError) -> OpenProject? { try found()?.project }

  private func found() throws(StorageError) -> (project: OpenProject, store: LocalStore)? {
    if let opened { return opened }
    return LocalStore.exists(in: outage.directory) ? try open() : nil
  }

  package func waitingFileCount() async throws(StorageError) -> Int {
    guard let (_, store) = try found() else { return 0 }
    return try await store.backlog().waiting[.file] ?? 0
  }

  package func waiting(
    _ references: some Collection<FileReference> & Sendable
  ) async throws(StorageError) -> (rows: [FileReference: FileRow], project: OpenProject)? {
    guard !references.isEmpty, let (project, store) = try found() else { return nil }
    var rows: [FileReference: FileRow] = [:]
    try await project.rows.find(references, into: &rows)
    let candidates = rows
    let waiting = try await store.reading { [projectURL] tables throws(SQLiteError) in
      var waiting: [FileReference: FileRow] = [:]
      for (reference, row) in candidates where try tables.isQueued(row.id, for: projectURL) { waiting[reference] = row }
      return waiting
    }
    return waiting.isEmpty ? nil : (waiting, project)
  }

  package func withdraw(_ files: [FileID]) async throws(StorageError) -> Set<FileID> {
    guard let (_, store) = try found() else { return [] }
    return try await store.writing { [projectURL] tables throws(SQLiteError) in
      let kept = try tables.awaitedElsewhere(files, than: projectURL)
      try tables.withdraw(Array(kept), from: projectURL)
      return kept
    }
  }

  package func waiting(
    inConversation id: String
  ) async throws(StorageError) -> (conversation: Conversation, rows: [FileRow], project: OpenProject)? {
    guard let (project, store) = try found(),
      let conversation = try await project.rows.conversation(continuationID: id)
    else { return nil }
    return try await store.reading { [projectURL] tables throws(SQLiteError) in
      let rows = try tables.files(of: conversation, awaitedBy: projectURL)
      if rows.isEmpty, try !tables.isQueued(conversation: id, for: projectURL) { return nil }
      return (conversation, rows, project)
    }
  }

  package func withdraw(conversation id: String) async throws(StorageError) {
    guard let (_, store) = try found() else { return }
    try await store.writing { [projectURL] tables throws(SQLiteError) in
      try tables.withdraw(conversation: id, from: projectURL)
    }
  }

  /// What was here before, and may have been sent long ago or wait for another project, waits again.
  package func queue(_ outcomes: [FileOutcome]) async throws(StorageError) -> [FileOutcome] {
    let again = outcomes.filter { [.stored, .unchanged].contains($0.status) }.compactMap(\.id)
    if !again.isEmpty {
      try await open().store.writing { [projectURL] tables throws(SQLiteError) in
        // What somebody deleted meanwhile is never sent.
        let present = Set(try tables.files(ids: again).map(\.id))
        try tables.enqueue(again.filter(present.contains).map { .file($0) }, for: projectURL, at: Timestamp.now)
      }
      CrashPoint.queuedAgain.reached()
    }
    return outcomes.map { outcome in
      guard [.stored, .unchanged].contains(outcome.status) else { return outcome }
      var outcome = outcome
      outcome.status = .queued
      // Its uuid here means nothing there.
      outcome.conversation = nil
      return outcome
    }
  }
}

extension OpenProject {
  /// The local store.
  package init(_ mode: StorageMode, _ store: LocalStore, journal: JournalPlace, retrier: Retrier) {
    self.init(
      mode, store, journal: { () throws(StorageError) in journal }, retrier: retrier,
      contentPath: LocalStore.contentPath)
  }
}
