/// How a run of this machine ended.
public struct PastRun: Sendable, Equatable {
  /// What it was: `migrate`.
  public var command: String
  public var endedAt: Timestamp
  public var duration: Duration
  /// Files, by what became of them.
  public var counts: [FileOutcome.Status: Int]
  /// Of the files stored, unchanged or queued.
  public var byteCount: Int64
  /// Bytes of content that were sent.
  public var sentByteCount: Int64
  /// The code of the error that ended it before it had seen every file; nil when it came to its end.
  public var errorCode: String?

  public init(_ command: String, _ summary: MigrationSummary, endedAt: Timestamp = .now) {
    self.command = command
    self.endedAt = endedAt
    duration = summary.duration
    counts = summary.counts
    byteCount = summary.byteCount
    sentByteCount = summary.sentByteCount
    errorCode = summary.endedBy?.code.rawValue
  }

  public init(_ command: String, _ summary: SyncSummary, endedAt: Timestamp = .now) {
    self.init(
      command: command, endedAt: endedAt, duration: summary.duration, counts: summary.files,
      byteCount: summary.byteCount, sentByteCount: summary.sentByteCount, errorCode: summary.endedBy?.code.rawValue)
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

  init(
    command: String, endedAt: Timestamp, duration: Duration, counts: [FileOutcome.Status: Int], byteCount: Int64,
    sentByteCount: Int64, errorCode: String?
  ) {
    self.command = command
    self.endedAt = endedAt
    self.duration = duration
    self.counts = counts
    self.byteCount = byteCount
    self.sentByteCount = sentByteCount
    self.errorCode = errorCode
  }

  /// By the clock of this machine, as it was at the end.
  public var startedAt: Timestamp { endedAt.adding(.zero - duration) ?? endedAt }
}
