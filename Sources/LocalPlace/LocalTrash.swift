internal import FoundationEssentials
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning
internal import StorageSQLite

/// The trash of the local store. Each operation is one transaction that has the write lock from its beginning.
struct LocalTrash: Trash {
  let store: LocalStore

  func survey(grace: Duration, purgeAfter: Duration) async throws(StorageError) -> CleanupSurvey {
    try await store.reading { tables throws(SQLiteError) in
      try tables.survey(grace: grace, purgeAfter: purgeAfter, at: Timestamp.now, contentsIn: store.blobs)
    }
  }

  func candidates(
    _ class: CleanupClass, olderThan age: Duration, after last: ObjectAddress?, limit: Int
  ) async throws(StorageError) -> [CleanupCandidate] {
    try await store.reading { tables throws(SQLiteError) in
      try tables.candidates(
        `class`, olderThan: age, after: last, limit: limit, at: Timestamp.now, contentsIn: store.blobs)
    }
  }

  func entries(
    matching query: TrashQuery, after last: TrashEntry?, limit: Int
  ) async throws(StorageError) -> Page<TrashEntry> {
    try await store.reading { tables throws(SQLiteError) in
      try tables.entries(matching: query, after: last, limit: limit)
    }
  }

  func questions(about names: [String]) -> [ArraySlice<String>] { names.isEmpty ? [] : [names[...]] }

  // MARK: into the trash and back

  func trashOrphans(_ files: [FileID], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry] {
    try await changing { tables, time throws(SQLiteError) in
      guard let moment = time.adding(.zero - age) else { return [] }
      return try tables.moveToTrash(
        files, LocalDatabase.TrashTerms(rule: .orphan, run: run, madeBefore: moment, linkLimit: 0), at: time)
    }
  }

  func trashExpired(_ files: [FileID], run: UUID) async throws(StorageError) -> [TrashEntry] {
    try await changing { tables, time throws(SQLiteError) in
      try tables.moveToTrash(
        files, LocalDatabase.TrashTerms(rule: .expired, run: run, expiredBefore: time), at: time)
    }
  }

  func trash(_ files: [FileID], linkedAtMost limit: Int?, run: UUID) async throws(StorageError) -> [TrashEntry] {
    try await changing { tables, time throws(SQLiteError) in
      try tables.moveToTrash(files, LocalDatabase.TrashTerms(rule: .deleted, run: run, linkLimit: limit), at: time)
    }
  }

  func trash(
    _ objects: [ObjectAddress], olderThan age: Duration, run: UUID
  ) async throws(StorageError) -> [TrashEntry] {
    try await changing { tables, time throws(SQLiteError) in
      guard let moment = time.adding(.zero - age) else { return [] }
      return try tables.moveToTrash(objects, writtenBefore: moment, run: run, at: time)
    }
  }

  func delete(_ conversation: Conversation, run: UUID) async throws(StorageError) -> DeletedConversation? {
    try await changing { tables, time throws(SQLiteError) in
      try tables.deleteConversation(conversation.id, run: run, at: time)
    }
  }

  func restore(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [Restoration] {
    try await changing(.entriesRestored) { tables, time throws(SQLiteError) in
      try tables.restore(objects, run: run, at: time, contentsIn: store.blobs)
    }
  }

  // MARK: out of the trash

  func claim(_ objects: [ObjectAddress], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry]
  {
    try await changing { tables, time throws(SQLiteError) in
      try tables.claim(objects, trashedBy: time.adding(.zero - age), run: run, at: time)
    }
  }

  func finish(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [ObjectAddress] {
    try await changing(.purgeFinished) { tables, time throws(SQLiteError) in
      try tables.finishPurge(objects, run: run, at: time)
    }
  }

  /// - Parameter point: after it is committed.
  private func changing<Value: Sendable>(
    _ point: CrashPoint? = nil, _ body: @Sendable (LocalDatabase, Timestamp) throws(SQLiteError) -> Value
  ) async throws(StorageError) -> Value {
    defer { point?.reached() }
    return try await store.writing { tables throws(SQLiteError) in try body(tables, Timestamp.now) }
  }
}
