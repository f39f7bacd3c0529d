internal import FoundationEssentials

/// The trash of the local store.
struct LocalTrash: Trash {
  let store: LocalStore

  private static let missing = StorageError(.setup, "the local store has no trash yet")

  func survey(grace: Duration, purgeAfter: Duration) async throws(StorageError) -> CleanupSurvey { throw Self.missing }
  func candidates(
    _ class: CleanupClass, olderThan age: Duration, after last: ObjectAddress?, limit: Int
  ) async throws(StorageError) -> [CleanupCandidate] { throw Self.missing }
  func entries(
    matching query: TrashQuery, after last: TrashEntry?, limit: Int
  ) async throws(StorageError) -> Page<TrashEntry> { throw Self.missing }
  func trashOrphans(_ files: [FileID], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry] {
    throw Self.missing
  }
  func trashExpired(_ files: [FileID], run: UUID) async throws(StorageError) -> [TrashEntry] { throw Self.missing }
  func trash(_ files: [FileID], linkedAtMost limit: Int?, run: UUID) async throws(StorageError) -> [TrashEntry] {
    throw Self.missing
  }
  func trash(
    _ objects: [ObjectAddress], olderThan age: Duration, run: UUID
  ) async throws(StorageError) -> [TrashEntry] { throw Self.missing }
  func delete(_ conversation: Conversation, run: UUID) async throws(StorageError) -> DeletedConversation? {
    throw Self.missing
  }
  func restore(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [Restoration] { throw Self.missing }
  func claim(_ objects: [ObjectAddress], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry]
  {
    throw Self.missing
  }
  func finish(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [ObjectAddress] {
    throw Self.missing
  }
}
