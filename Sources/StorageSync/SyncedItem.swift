public import StorageEngine
public import StorageModel

/// What became of one waiting item that was to be sent.
public struct SyncedItem: Sendable {
  /// What became of something that waited.
  public enum Status: String, Sendable, CaseIterable {
    /// The project has it: now, or since an earlier attempt.
    case sent
    /// It failed for a reason that passes, and still waits.
    case waiting
    /// It was refused for good, and waits until somebody asks for it.
    case parked
  }

  /// What it was.
  public var item: OutboxItem
  /// What it failed with; nil when it was sent.
  public var error: StorageError?
  /// Of a file, what storing it told.
  public var file: FileOutcome?

  /// Follows from the error: one that passes, or one that does not.
  public var status: Status { error.map { $0.isPermanent ? .parked : .waiting } ?? .sent }
}

/// The totals of a pass over what waits.
public struct SyncSummary: Sendable {
  /// Items by what became of them.
  public var counts: [SyncedItem.Status: Int] = [:]
  /// Of what was parked in this pass and what failed otherwise: the errors' codes, with their numbers.
  public var failures: [StorageError.Code: Int] = [:]
  /// The files of the pass, by what became of them.
  public var files: [FileOutcome.Status: Int] = [:]
  /// Bytes of the files that were sent, or found to be there.
  public var byteCount: Int64 = 0
  /// Bytes of content that were sent.
  public var sentByteCount: Int64 = 0
  /// Requests that were sent, retries included.
  public var requestCount = 0
  /// From the first look to the end.
  public var duration = Duration.zero
  /// Why the pass ended before it had tried everything.
  public var endedBy: StorageError?
  /// What is left.
  public var backlog = Backlog()

  /// Of nothing that waited.
  public init() {}

  mutating func count(_ result: SyncedItem) {
    counts[result.status, default: 0] += 1
    if let error = result.error { failures[error.code, default: 0] += 1 }
    if case .file = result.item.change { files[result.file?.status ?? .failed, default: 0] += 1 }
    if result.status == .sent { byteCount.add(result.file?.byteCount ?? 0) }
    if result.file?.status == .stored { sentByteCount.add(result.file?.byteCount ?? 0) }
  }
}

/// How what waits is sent.
public struct SyncOptions: Sendable {
  /// Uploads at one time, at most.
  public var jobs = 16
  /// How much is read back to prove it.
  public var verification = Verification.etag

  /// Sixteen at a time, proved by their ETags.
  public init() {}
}

extension StorageError {
  /// Whether trying again changes nothing as long as nobody does something about this very item.
  fileprivate var isPermanent: Bool {
    if isRetryable { return false }
    return switch code {
    case .notFound, .objectMissing, .conflict, .tooLarge, .sensitive, .integrity, .rejected: true
    case .unreachable, .unexpectedAnswer, .denied, .setup, .configuration, .changed, .unreadable, .unwritable, .locked,
      .damaged, .guarded, .purging, .interrupted, .deadline:
      false
    }
  }
}
