package import FoundationEssentials
package import StorageModel
package import StorageRunning

/// A trash whose operations are repeated when that may help.
package struct RetryingTrash: Trash {
  package let base: any Trash
  package let retrier: Retrier

  package init(base: any Trash, retrier: Retrier) {
    self.base = base
    self.retrier = retrier
  }

  package func survey(grace: Duration, purgeAfter: Duration) async throws(StorageError) -> CleanupSurvey {
    try await retrier.run { () async throws(StorageError) in
      try await base.survey(grace: grace, purgeAfter: purgeAfter)
    }
  }

  package func candidates(
    _ class: CleanupClass, olderThan age: Duration, after last: ObjectAddress?, limit: Int
  ) async throws(StorageError) -> [CleanupCandidate] {
    try await retrier.run { () async throws(StorageError) in
      try await base.candidates(`class`, olderThan: age, after: last, limit: limit)
    }
  }

  package func entries(
    matching query: TrashQuery, after last: TrashEntry?, limit: Int
  ) async throws(StorageError) -> Page<TrashEntry> {
    try await retrier.run { () async throws(StorageError) in
      try await base.entries(matching: query, after: last, limit: limit)
    }
  }

  package func questions(about names: [String]) -> [ArraySlice<String>] { base.questions(about: names) }

  package func trashOrphans(_ files: [FileID], olderThan age: Duration, run: UUID) async throws(StorageError)
    -> [TrashEntry]
  {
    try await retrier.run { () async throws(StorageError) in
      try await base.trashOrphans(files, olderThan: age, run: run)
    }
  }

  package func trashExpired(_ files: [FileID], run: UUID) async throws(StorageError) -> [TrashEntry] {
    try await retrier.run { () async throws(StorageError) in try await base.trashExpired(files, run: run) }
  }

  package func trash(_ files: [FileID], linkedAtMost limit: Int?, run: UUID) async throws(StorageError) -> [TrashEntry]
  {
    try await retrier.run { () async throws(StorageError) in
      try await base.trash(files, linkedAtMost: limit, run: run)
    }
  }

  package func trash(
    _ objects: [ObjectAddress], olderThan age: Duration, run: UUID
  ) async throws(StorageError) -> [TrashEntry] {
    try await retrier.run { () async throws(StorageError) in
      try await base.trash(objects, olderThan: age, run: run)
    }
  }

  package func delete(_ conversation: Conversation, run: UUID) async throws(StorageError) -> DeletedConversation? {
    try await retrier.run { () async throws(StorageError) in try await base.delete(conversation, run: run) }
  }

  package func restore(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [Restoration] {
    try await retrier.run { () async throws(StorageError) in try await base.restore(objects, run: run) }
  }

  /// Not repeated: what was claimed must be deleted soon or not at all.
  package func claim(_ objects: [ObjectAddress], olderThan age: Duration, run: UUID) async throws(StorageError)
    -> [TrashEntry]
  {
    try await base.claim(objects, olderThan: age, run: run)
  }

  package func finish(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [ObjectAddress] {
    try await retrier.run { () async throws(StorageError) in try await base.finish(objects, run: run) }
  }
}
