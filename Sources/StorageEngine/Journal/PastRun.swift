public import StorageModel

/// How a run of this machine ended.
public struct PastRun: Sendable, Equatable {
  /// What it was: `migrate`, `upload`, `sync`, `verify` or `cleanup`.
  public var command: String
  /// By the clock of this machine.
  public var endedAt: Timestamp
  /// From its beginning to its end.
  public var duration: Duration
  /// Files, by what became of them.
  public var counts: [FileOutcome.Status: Int]
  /// What a cleanup did, by what became of it: trashed or purged. What it failed at is in `counts`.
  public var removals: [Removal.Status: Int]
  /// Of the files stored, unchanged or queued, or of what was removed.
  public var byteCount: Int64
  /// Bytes of content that were sent.
  public var sentByteCount: Int64
  /// The code of the error that ended it before it had seen every file; nil when it came to its end.
  public var errorCode: String?

  package init(_ command: String, _ summary: MigrationSummary, endedAt: Timestamp = .now) {
    self.command = command
    self.endedAt = endedAt
    duration = summary.duration
    counts = summary.counts
    removals = [:]
    byteCount = summary.byteCount
    sentByteCount = summary.sentByteCount
    errorCode = summary.endedBy?.code.rawValue
  }

  /// Of a check: what is the same counts as unchanged, what was repaired as stored, what differs as failed.
  public init(_ command: String, _ summary: CheckSummary, endedAt: Timestamp = .now) {
    self.init(
      command: command, endedAt: endedAt, duration: summary.duration,
      counts: [
        .unchanged: summary.counts[.same] ?? 0, .stored: summary.repairedCount,
        .failed: summary.differenceCount + (summary.counts[.unreadable] ?? 0),
      ].filter { $0.value > 0 },
      byteCount: summary.readByteCount, sentByteCount: 0, errorCode: summary.endedBy?.code.rawValue)
  }

  package init(_ command: String, _ summary: CleanupSummary, endedAt: Timestamp = .now) {
    let removed = summary.done.filter { Self.removalStatuses.contains($0.key) && $0.value.count > 0 }
    let failed = summary.done[.failed]?.count ?? 0
    self.init(
      command: command, endedAt: endedAt, duration: summary.duration, counts: failed > 0 ? [.failed: failed] : [:],
      removals: removed.mapValues(\.count), byteCount: removed.values.map(\.byteCount).sum, sentByteCount: 0,
      errorCode: summary.endedBy?.code.rawValue)
  }

  package init(
    command: String, endedAt: Timestamp, duration: Duration, counts: [FileOutcome.Status: Int],
    removals: [Removal.Status: Int] = [:], byteCount: Int64, sentByteCount: Int64, errorCode: String?
  ) {
    self.command = command
    self.endedAt = endedAt
    self.duration = duration
    self.counts = counts
    self.removals = removals
    self.byteCount = byteCount
    self.sentByteCount = sentByteCount
    self.errorCode = errorCode
  }

  /// What is remembered of a cleanup, beside what it failed at.
  public static let removalStatuses: [Removal.Status] = [.trashed, .purged]

  /// By the clock of this machine, as it was at the end.
  public var startedAt: Timestamp { endedAt.adding(.zero - duration) ?? endedAt }
}
