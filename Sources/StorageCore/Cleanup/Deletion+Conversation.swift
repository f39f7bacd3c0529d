/// What the deletion of a conversation takes, or would take.
public struct ConversationRemoval: Sendable {
  /// Nil when there is none.
  public var conversation: Conversation?
  /// Files that only this conversation is linked to; `found` as long as nothing was done.
  public var files: [Removal]
  /// Files that are linked to other conversations as well, and stay.
  public var shared: [FileID]
  /// Messages that went with it; nil as long as nothing was done.
  public var messageCount: Int?
  /// The rows of `files`, as they were before.
  var rows: [FileID: FileRow] = [:]
}

extension Deletion {
  /// What deleting the conversation would take.
  public func preview(conversation id: String) async throws(StorageError) -> ConversationRemoval {
    guard let conversation = try await project.findConversation(id) else {
      return ConversationRemoval(conversation: nil, files: [], shared: [])
    }
    var removal = ConversationRemoval(conversation: conversation, files: [], shared: [])
    for ids in try await linkedFiles(of: conversation).batches(of: 500) {
      let counts = try await project.rows.linkCounts(of: Array(ids))
      let rows = Dictionary(
        try await project.rows.files(ids: Array(ids)).map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      for id in ids {
        let count = counts[id] ?? 0
        if count > 1 {
          removal.shared.append(id)
        } else if let row = rows[id] {
          removal.files.append(Removal(.found, row, linkCount: count))
          removal.rows[id] = row
        }
      }
    }
    return removal
  }

  /// Deletes the conversation with its messages, and the files that only it is linked to. One that is not there is no
  /// failure.
  public func delete(conversation id: String) async throws(StorageError) -> ConversationRemoval {
    var removal = try await preview(conversation: id)
    let waiting = try await deleteWaiting(id)
    guard let conversation = removal.conversation else { return waiting ?? removal }
    let log = try project.removalLog(of: run)
    try await log.note(
      .conversation, .conversation,
      removal.files.map { file in (file, file.fileID.flatMap { removal.rows[$0]?.columnValues }) })
    CrashPoint.removalNoted.reached()
    let deleted: DeletedConversation?
    do throws(StorageError) {
      deleted = try await project.trash.delete(conversation, run: run)
    } catch {
      throw error == .withoutTrash ? .notInstalled : error
    }
    CrashPoint.entriesTrashed.reached()
    guard let deleted else { return ConversationRemoval(conversation: nil, files: [], shared: []) }
    removal.files = deleted.trashed.map { Removal(.trashed, entry: $0) }
    removal.shared = deleted.shared
    removal.messageCount = deleted.messageCount
    if purgesAtOnce { removal.files = try await purged(deleted.trashed) }
    return removal
  }

  /// The same for what waits in the local store to be sent: nothing of it may come back.
  private func deleteWaiting(_ id: String) async throws(StorageError) -> ConversationRemoval? {
    guard let local = try project.fallback?.existing()?.project,
      let conversation = try await local.rows.conversation(continuationID: id),
      let deleted = try await local.trash.delete(conversation, run: run)
    else { return nil }
    return ConversationRemoval(
      conversation: conversation, files: deleted.trashed.map { Removal(.trashed, entry: $0) }, shared: deleted.shared,
      messageCount: deleted.messageCount)
  }

  private func purged(_ entries: [TrashEntry]) async throws(StorageError) -> [Removal] {
    let purge = Purge(project: project, run: run, log: try project.removalLog(of: run), age: .zero)
    var removals: [Removal] = []
    for batch in entries.map(\.object).batches(of: Purge.batchSize) {
      removals += try await purge.purge(Array(batch))
    }
    return removals
  }

  private func linkedFiles(of conversation: Conversation) async throws(StorageError) -> [FileID] {
    var ids: [FileID] = []
    while true {
      let page = try await project.rows.linkedFiles(of: conversation, after: ids.last)
      ids += page.elements
      if page.isLast || page.elements.isEmpty { return ids }
    }
  }
}
