internal import LocalPlace
internal import StorageEngine
internal import StorageModel
internal import StoragePlaces
package import StorageRunning
internal import StorageSQLite

extension Outbox {
  /// Sends what waits, each item once: conversations, then files with the links they were stored with, then further
  /// links, then those that were taken away, then messages. Whoever calls this holds the lock.
  ///
  /// May be killed at any moment and run again: what is there already is found. `report` is called for each item when it
  /// is settled, in no promised order, never by two threads at once.
  package func send(
    _ options: SyncOptions = SyncOptions(), stop: StopSignal = StopSignal(), meter: ProgressMeter = ProgressMeter(),
    report: @escaping @Sendable (SyncedItem) -> Void
  ) async -> SyncSummary {
    let start = ContinuousClock.now
    let before = project.requestCount
    var pass = SyncPass(self, options, stop, meter, report)
    do throws(StorageError) {
      let backlog = try await backlog()
      meter.expect(fileCount: backlog.waiting[.file] ?? 0, byteCount: backlog.byteCount)
      try await pass.sendConversations()
      try await pass.sendFiles()
      try await pass.sendLinks()
      try await pass.sendUnlinks()
      try await pass.sendMessages()
    } catch {
      pass.summary.endedBy = error
    }
    if stop.isRaised, pass.summary.endedBy == nil {
      pass.summary.endedBy = StorageError(
        .interrupted, "interrupted before the end", hint: "run the same command again: it continues")
    }
    do throws(StorageError) {
      pass.summary.backlog = try await backlog()
    } catch {
      pass.summary.endedBy = error
    }
    pass.summary.requestCount = project.requestCount - before
    pass.summary.duration = start.duration(to: .now)
    return pass.summary
  }
}

/// One pass over an outbox.
struct SyncPass {
  let outbox: Outbox
  /// Gives up repeating when the pass is to end.
  let project: OpenProject
  let options: SyncOptions
  let stop: StopSignal
  let meter: ProgressMeter
  var summary = SyncSummary()
  private let report: @Sendable (SyncedItem) -> Void

  init(
    _ outbox: Outbox, _ options: SyncOptions, _ stop: StopSignal, _ meter: ProgressMeter,
    _ report: @escaping @Sendable (SyncedItem) -> Void
  ) {
    self.outbox = outbox
    self.options = options
    self.stop = stop
    self.meter = meter
    self.report = report
    project = outbox.project.heeding(stop)
  }

  /// Calls `body` with the items of a kind, a page at a time, and settles what it returns; the others are left waiting.
  /// Ends with the first error that makes going on pointless.
  mutating func forEachPage(
    of kind: OutboxItem.Kind, _ body: (SyncPass, [OutboxItem]) async throws(StorageError) -> [SyncedItem]
  ) async throws(StorageError) {
    var seq: Int64 = 0
    while !stop.isRaised {
      let items = try await outbox.items(kind, after: seq)
      guard let last = items.last else { return }
      CrashPoint.itemsRead.reached()
      let results = try await body(self, items)
      try await outbox.settle(results)
      CrashPoint.outboxSettled.reached()
      for result in results {
        summary.count(result)
        report(result)
      }
      if let error = Self.end(of: results) { throw error }
      seq = last.seq
    }
  }

  /// Why going on is pointless after these results, if it is. What a single item may cause for ever is no reason.
  static func end(of results: [SyncedItem]) -> StorageError? {
    let errors = results.compactMap(\.error).filter(\.endsTheRun)
    if let error = errors.first(where: { $0.code != .unreachable }) { return error }
    if results.contains(where: { $0.error == nil }) { return nil }
    return errors.first { $0.retry != .once } ?? (errors.count >= 5 ? errors.first : nil)
  }

  mutating func sendConversations() async throws(StorageError) {
    try await forEachPage(of: .conversation) { pass, items throws(StorageError) in
      try await pass.each(items) { item throws(StorageError) in
        guard case .conversation(let id) = item.change,
          let conversation = try await pass.stored({ tables throws(SQLiteError) in try tables.conversation(id) })
        else { return }
        _ = try await pass.project.rows.createConversation(
          continuationID: id, title: conversation.title, metadata: conversation.metadata)
        CrashPoint.conversationSent.reached()
      }
    }
  }

  /// One after the other, so that they keep their order.
  mutating func sendMessages() async throws(StorageError) {
    try await forEachPage(of: .message) { pass, items throws(StorageError) in
      var results: [SyncedItem] = []
      var targets: [String: Conversation] = [:]
      for item in items where !pass.stop.isRaised {
        let result = await pass.result(of: item) { () throws(StorageError) in
          guard let id = item.change.messageID,
            let (message, conversation) = try await pass.stored({ tables throws(SQLiteError) in
              try tables.message(id)
            })
          else { return }
          let target =
            if let known = targets[conversation] { known } else { try await pass.conversation(conversation) }
          targets[conversation] = target
          _ = try await pass.project.rows.insert(message, into: target)
          CrashPoint.messageSent.reached()
        }
        results.append(result)
        if Self.end(of: [result]) != nil { break }
      }
      return results
    }
  }

  /// What the local store holds.
  func stored<Value: Sendable>(
    _ body: @Sendable (LocalDatabase) throws(SQLiteError) -> Value
  ) async throws(StorageError) -> Value {
    try await outbox.store.reading(body)
  }

  /// The conversation of that continuation id in the project, made if there is none.
  func conversation(_ continuationID: String) async throws(StorageError) -> Conversation {
    try await project.rows.createConversation(continuationID: continuationID, title: nil).conversation
  }

  func result(
    of item: OutboxItem, _ body: () async throws(StorageError) -> Void
  ) async -> SyncedItem {
    do throws(StorageError) {
      try await body()
      return SyncedItem(item: item)
    } catch {
      return SyncedItem(item: item, error: error)
    }
  }

  /// Does `body` for each item, several at a time. Those that were not begun when the pass was to end are left out.
  private func each(
    _ items: [OutboxItem], _ body: @escaping @Sendable (OutboxItem) async throws(StorageError) -> Void
  ) async throws(StorageError) -> [SyncedItem] {
    await withTaskGroup(of: SyncedItem.self) { group in
      var rest = items[...]
      var results: [SyncedItem] = []
      var hasEnded = false
      var running = 0
      while true {
        while running < min(8, options.jobs), !hasEnded, !stop.isRaised, let item = rest.popFirst() {
          group.addTask { await result(of: item) { () throws(StorageError) in try await body(item) } }
          running += 1
        }
        guard let result = await group.next() else { return results }
        running -= 1
        hasEnded = hasEnded || Self.end(of: [result]) != nil
        results.append(result)
      }
    }
  }
}
