package import FoundationEssentials
package import StorageModel

/// Where deleted things go first. What may be removed is decided where the rows are, at the moment it is removed: whatever
/// the caller read before may be out of date.
///
/// Every operation may be repeated with its run's id: what was done already is answered again. Without the functions in
/// the database (`supastore schema`), each throws `.setup`.
package protocol Trash: Sendable {
  // MARK: looking

  /// - Parameters:
  ///   - grace: the age from which on what nothing refers to counts as left behind.
  ///   - purgeAfter: the time that something is to be kept in the trash.
  func survey(grace: Duration, purgeAfter: Duration) async throws(StorageError) -> CleanupSurvey

  /// The next things of a class, at most `limit`, in the order of key and bucket, those after `last`. Fewer than `limit`
  /// are the last ones.
  func candidates(
    _ class: CleanupClass, olderThan age: Duration, after last: ObjectAddress?, limit: Int
  ) async throws(StorageError) -> [CleanupCandidate]

  /// The next entries that match, the oldest first, at most `limit`, those after `last`.
  func entries(
    matching query: TrashQuery, after last: TrashEntry?, limit: Int
  ) async throws(StorageError) -> Page<TrashEntry>

  /// Cuts a list of keys or ids so that each part fits into the query of one question.
  func questions(about names: [String]) -> [ArraySlice<String>]

  // MARK: into the trash and back

  /// Trashes those of the files, at most 500, that are linked to no conversation and older than `age`. What somebody
  /// holds at this moment stays.
  /// - Returns: what is in the trash because of this run.
  func trashOrphans(_ files: [FileID], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry]

  /// The same for files whose `expires_at` is over.
  func trashExpired(_ files: [FileID], run: UUID) async throws(StorageError) -> [TrashEntry]

  /// The same for files that somebody named, except those with more links than `limit`; nil is no limit.
  func trash(_ files: [FileID], linkedAtMost limit: Int?, run: UUID) async throws(StorageError) -> [TrashEntry]

  /// The same for objects, at most 500, that carry our mark, are older than `age`, and that no row describes.
  func trash(_ objects: [ObjectAddress], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry]

  /// Deletes a conversation with its messages, and trashes the files that are linked to it alone.
  /// - Returns: nil when there is no such conversation.
  func delete(_ conversation: Conversation, run: UUID) async throws(StorageError) -> DeletedConversation?

  /// Brings entries back, at most 500, all of them at once: their rows, and their links to conversations that exist.
  func restore(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [Restoration]

  // MARK: out of the trash

  /// Claims entries, at most 500, that are in the trash for `age`, and those whose purge came to no end within a minute.
  /// From now on, for 30 seconds, the caller may send the deletion of their objects; no row is accepted on their paths.
  /// - Returns: what was claimed. What a row holds is none of it, and no longer in the trash.
  func claim(_ objects: [ObjectAddress], olderThan age: Duration, run: UUID) async throws(StorageError) -> [TrashEntry]

  /// Ends the purge of those entries, at most 500, that were claimed more than a minute ago and have no object any more.
  /// - Returns: those whose purge is ended.
  func finish(_ objects: [ObjectAddress], run: UUID) async throws(StorageError) -> [ObjectAddress]
}
