public import StorageModel
internal import StoragePlaces
internal import StorageRunning

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
  /// The same, unless it only waits in the local store.
  var stored: Conversation?
  /// The rows of `files`, as they were before.
  var rows: [FileID: FileRow] = [:]
  /// Those of `files` that only wait in the local store.
  var waiting: Set<FileID> = []
}

extension Deletion {
  /// What deleting the conversation would take.
  package func preview(conversation id: String) async throws(StorageError) -> ConversationRemoval {
    let stored = try await project.findConversation(id)
    var removal = ConversationRemoval(conversation: stored, files: [], shared: [], stored: stored)
    if let stored { try await preview(stored, &removal) }
    if let (conversation, rows, _) = try await project.fallback?.waiting(inConversation: id) {
      removal.conversation = removal.conversation ?? conversation
      for row in rows where removal.rows[row.id] == nil && !removal.shared.contains(row.id) {
        removal.files.append(Removal(.found, row, linkCount: 1))
        removal.waiting.insert(row.id)
      }
    }
    return removal
  }

  private func preview(
    _ conversation: Conversation, _ removal: inout ConversationRemoval
  ) async throws(StorageError) {
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
  }

  /// Deletes the conversation with its messages, and the files that only it is linked to. One that is not there is no
  /// failure.
  package func delete(conversation id: String) async throws(StorageError) -> ConversationRemoval {
    var removal = try await preview(conversation: id)
    if let conversation = removal.stored {
      let log = try project.removalLog(of: run)
      let here = removal.files.filter { file in !(file.fileID.map(removal.waiting.contains) ?? false) }
      try await log.note(
        .conversation, .conversation,
        here.map { file in (file, file.fileID.flatMap { removal.rows[$0]?.json }) })
      CrashPoint.removalNoted.reached()
      let deleted: DeletedConversation?
      do throws(StorageError) {
        deleted = try await project.trash.delete(conversation, run: run)
      } catch {
        throw error.cause == .withoutTrash ? .notInstalled : error
      }
      CrashPoint.entriesTrashed.reached()
      removal.files = deleted?.trashed.map { Removal(.trashed, entry: $0) } ?? []
      removal.shared = deleted?.shared ?? []
      removal.messageCount = deleted?.messageCount
      if purgesAtOnce {
        let purged = await Purge(project: project, run: run, log: log, age: .zero).purge(removal.files)
        removal.files = removal.files.map { purged[$0.object] ?? $0 }
      }
    } else {
      removal.files = []
    }
    try await deleteWaiting(id, &removal)
    return removal
  }

  /// The same for what waits in the local store for this project: nothing of it may come back.
  private func deleteWaiting(_ id: String, _ removal: inout ConversationRemoval) async throws(StorageError) {
    guard let fallback = project.fallback, let (_, rows, local) = try await fallback.waiting(inConversation: id) else {
      return
    }
    let told = Set(removal.files.compactMap(\.fileID))
    let outcomes = try await trashWaiting(rows.map { (.id($0.id), $0) }, [:], in: local)
    removal.files += outcomes.map(\.1).filter { $0.fileID.map { !told.contains($0) } ?? true }
    try await fallback.withdraw(conversation: id)
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
