internal import SQLite

/// The local store as what stands in for a project at Supabase while that is down. Opened when it is first needed, which
/// blocks as long as another process holds it: so on a queue of its own.
actor Fallback {
  private let executor = BlockingExecutor(label: "supastore.fallback")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  nonisolated let outage: Outage
  private let state: @Sendable () throws(StorageError) -> JournalPlace
  private let projectURL: String
  private var opened: (project: OpenProject, store: LocalStore)?

  /// - Parameter state: the place of the project's journal, made when it is missing.
  init(
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

  /// The same, after an outage: where nothing can be kept that is what is told, with the reason in its hint, unless the
  /// local store is damaged.
  func open(after outage: StorageError) throws(StorageError) -> (project: OpenProject, store: LocalStore) {
    do throws(StorageError) {
      return try open()
    } catch {
      guard error.code != .damaged else { throw error }
      var outage = outage
      outage.hint = "nothing was kept in the local store: \(error.message)"
      throw outage
    }
  }

  /// The rows of those files that wait for the project, and the local store that holds them. Nothing is made.
  func waiting(
    _ references: some Collection<FileReference> & Sendable
  ) async throws(StorageError) -> (rows: [FileReference: FileRow], project: OpenProject)? {
    guard !references.isEmpty, let (project, store) = try existing() else { return nil }
    var found: [FileReference: FileRow] = [:]
    try await project.rows.find(references, into: &found)
    let candidates = found
    let waiting = try await store.reading { [projectURL] tables throws(SQLiteError) in
      var waiting: [FileReference: FileRow] = [:]
      for (reference, row) in candidates where try tables.isQueued(row.id, for: projectURL) { waiting[reference] = row }
      return waiting
    }
    return waiting.isEmpty ? nil : (waiting, project)
  }

  /// Those of the files that wait for other projects as well wait for this one no longer; they are returned. The others
  /// are left as they are.
  func withdraw(_ files: [FileID]) async throws(StorageError) -> Set<FileID> {
    guard let (_, store) = try existing() else { return [] }
    return try await store.writing { [projectURL] tables throws(SQLiteError) in
      let kept = try tables.awaitedElsewhere(files, than: projectURL)
      try tables.withdraw(Array(kept), from: projectURL)
      return kept
    }
  }

  /// What of a conversation waits for the project: its row, and the files that only it is linked to. Nil when nothing
  /// does.
  func waiting(
    inConversation id: String
  ) async throws(StorageError) -> (conversation: Conversation, rows: [FileRow], project: OpenProject)? {
    guard let (project, store) = try existing(),
      let conversation = try await project.rows.conversation(continuationID: id)
    else { return nil }
    return try await store.reading { [projectURL] tables throws(SQLiteError) in
      let rows = try tables.files(of: conversation, awaitedBy: projectURL)
      if rows.isEmpty, try !tables.isQueued(conversation: id, for: projectURL) { return nil }
      return (conversation, rows, project)
    }
  }

  /// What else of a conversation waits for the project waits no longer.
  func withdraw(conversation id: String) async throws(StorageError) {
    guard let (_, store) = try existing() else { return }
    try await store.writing { [projectURL] tables throws(SQLiteError) in
      try tables.withdraw(conversation: id, from: projectURL)
    }
  }

  /// The same, where nothing is made; nil when nothing was ever kept locally.
  func existing() throws(StorageError) -> (project: OpenProject, store: LocalStore)? {
    if let opened { return opened }
    return LocalStore.exists(in: outage.directory) ? try open() : nil
  }
}

extension OpenProject {
  /// How many files wait in the local store, and are not among those of the project; 0 where nothing waits.
  public func waitingFileCount() async throws(StorageError) -> Int {
    guard let fallback, let (_, store) = try await fallback.existing() else { return 0 }
    return try await store.backlog().waiting[.file] ?? 0
  }

  /// Whether an error means that the service is down, so that something else takes its place.
  static func isOutage(_ error: StorageError) -> Bool { error.code == .unreachable }

  /// Does `body` with this project; if its service is down, and something stands in for it, with the local store.
  ///
  /// What is not in the local store may well be at Supabase: that it is not found there means nothing.
  /// - Returns: also what the service was down with, when it was.
  func fallingBack<Value>(
    _ body: (OpenProject) async throws(StorageError) -> Value
  ) async throws(StorageError) -> (value: Value, outage: StorageError?) {
    do throws(StorageError) {
      return (try await body(self), nil)
    } catch {
      guard let fallback, Self.isOutage(error) else { throw error }
      let local = try await fallback.open(after: error).project
      let outage = error
      do throws(StorageError) {
        return (try await body(local), outage)
      } catch {
        throw error.code == .notFound ? outage : error
      }
    }
  }
}
