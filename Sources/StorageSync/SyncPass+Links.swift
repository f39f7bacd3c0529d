internal import LocalPlace
internal import StorageEngine
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

extension SyncPass {
  mutating func sendLinks() async throws(StorageError) {
    try await forEachPage(of: .link) { pass, items throws(StorageError) in
      try await pass.byConversation(items) { files, conversation throws(StorageError) in
        defer { CrashPoint.linkSent.reached() }
        return try await pass.project.link(files, to: conversation)
      }
    }
  }

  mutating func sendUnlinks() async throws(StorageError) {
    try await forEachPage(of: .unlink) { pass, items throws(StorageError) in
      try await pass.byConversation(items) { files, conversation throws(StorageError) in
        do throws(StorageError) {
          var report = try await pass.project.unlink(files, from: conversation)
          // A file that is not there is linked to nothing.
          report.failed.removeAll { $0.error.code == .notFound }
          CrashPoint.unlinkSent.reached()
          return report
        } catch {
          // Nor is anything linked to a conversation that is not there.
          guard error.code == .notFound else { throw error }
          return LinkReport()
        }
      }
    }
  }

  /// Calls `body` for the files of each conversation. Changes of a file that itself still waits are left for later.
  private func byConversation(
    _ items: [OutboxItem], _ body: ([FileReference], String) async throws(StorageError) -> LinkReport
  ) async throws(StorageError) -> [SyncedItem] {
    let ready = try await stored { [url = outbox.store.project] tables throws(SQLiteError) in
      var ready: [OutboxItem] = []
      for item in items {
        if let file = item.change.fileID, try !tables.isQueued(file, for: url) { ready.append(item) }
      }
      return ready
    }
    var results: [SyncedItem] = []
    for (conversation, items) in Dictionary(grouping: ready, by: { $0.change.continuationID ?? "" }) {
      if stop.isRaised { break }
      do throws(StorageError) {
        let report = try await body(items.compactMap(\.change.fileID).map { .id($0) }, conversation)
        let failures = Dictionary(report.failed.map { ($0.file, $0.error) }) { first, _ in first }
        results += items.map { item in
          SyncedItem(item: item, error: item.change.fileID.flatMap { failures[.id($0)] })
        }
      } catch {
        results += items.map { SyncedItem(item: $0, error: error) }
        if error.endsTheRun { break }
      }
    }
    return results
  }
}
