internal import StorageFiles
package import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// What a run would do, found out without writing anything to the project.
public struct MigrationPlan: Sendable {
  /// Files that would be looked at, and their bytes.
  public var fileCount = 0
  /// In bytes.
  public var byteCount: Int64 = 0
  /// Of these, files of which everything is stored already.
  public var unchangedCount = 0
  /// Files whose content would be sent, and its bytes.
  public var sendCount = 0
  /// In bytes.
  public var sendByteCount: Int64 = 0
  /// Files that are listed and of whose bytes this machine has seen none: each is asked for its first byte.
  public var askCount = 0
  /// Requests that the run needs when nothing goes wrong.
  public var requestCount = 0
  /// What would be refused or passed over, each with its reason.
  public var refusals: [FileOutcome] = []

  init() {}
}

extension Migration {
  /// Hashes every file and asks the service what it holds; sends nothing and creates nothing.
  package func plan(_ roots: [MigrationRoot]) async throws(StorageError) -> MigrationPlan {
    var plan = MigrationPlan()
    let bucket = try await self.bucket()
    for root in roots where !stop.isRaised {
      try await plan.add(root, in: self, bucket)
    }
    plan.requestCount += 1
    return plan
  }
}

extension MigrationPlan {
  fileprivate mutating func add(
    _ root: MigrationRoot, in migration: Migration, _ bucket: StoredBucket
  ) async throws(StorageError) {
    let before = migration.project.requestCount
    var conversation: Conversation?
    if let continuationID = root.continuationID {
      conversation = try await migration.project.rows.conversation(continuationID: continuationID)
      if conversation == nil { requestCount += 1 }
    }
    let reader = try migration.reader(root, to: bucket)
    if let conversation { await reader.file(under: conversation.continuationID) }
    if conversation != nil || root.continuationID == nil { try await migration.fillInventory(of: reader) }
    var links = LinkInventory(migration.project.rows)
    while !migration.stop.isRaised {
      let (window, passedOver) = await reader.nextWindow()
      refusals += passedOver
      if window.files.isEmpty {
        if passedOver.isEmpty { break }
        continue
      }
      var assessed = window
      assessed.files = await reader.assess(window.files)
      assessed = await links.mark(assessed, reader, conversation)
      try await reader.recordDigests()
      refusals += await reader.outcomes(ofFailedIn: assessed)
      count(
        assessed, isLinking: root.continuationID != nil,
        migration.project.backend == .supabase ? migration.options.verification : nil)
    }
    requestCount += migration.project.requestCount - before
  }

  /// - Parameter verification: nil where asking for bytes costs no request.
  private mutating func count(_ window: MigrationWindow, isLinking: Bool, _ verification: Verification?) {
    fileCount += window.files.count
    byteCount.add(window.byteCount)
    let unsent = window.indices { !$0.hadObject }
    sendCount += unsent.count
    for index in unsent { sendByteCount.add(window.files[index].status.byteCount) }
    let unrecorded = window.indices { !$0.record.wasBefore }.count
    let unlinked = isLinking ? window.indices { !$0.link.wasBefore }.count : 0
    unchangedCount += window.indices { $0.hadObject && $0.record.wasBefore && ($0.link.wasBefore || !isLinking) }.count
    // What lies under its key already and does not hold is asked about once more, and overwritten.
    let undescribed = window.indices { !($0.evidence?.fits ?? false) }.count
    let overwritten = unsent.count { !window.files[$0].needsSending }
    requestCount += unsent.count + overwritten + MigrationWindow.proofRequestCount(undescribed)
    if let verification {
      let steps = window.indices().compactMap { window.files[$0].evidence?.next(verification) }
      let asked = steps.count { $0 == .askForFirstByte }
      askCount += asked
      requestCount += asked + steps.count { $0 == .read }
    }
    requestCount += window.indices { $0.record.outdated != nil }.count
    requestCount += (unrecorded > 0 ? 1 : 0) + (unlinked > 0 ? 1 : 0)
  }
}
