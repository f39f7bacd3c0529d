public import StorageModel

/// What became of one file of a run.
public struct FileOutcome: Sendable {
  /// The words of the JSON contract; every file gets exactly one.
  public enum Status: String, Sendable, CaseIterable {
    /// Its bytes were proved to lie in the bucket and its row and link are committed; something of it was missing before.
    case stored
    /// Object, row and link were all there and were seen in this run, and bytes of the object were seen in this or an
    /// earlier one; nothing was sent.
    case unchanged
    /// Kept in the local store until the service is back.
    case queued
    /// Not a file to migrate: a symbolic link, a special file, excluded.
    case skipped
    /// It kept changing while it was read.
    case changed
    /// `error` says why.
    case failed
  }

  /// What became of it.
  public var status: Status
  /// Where the file lies, as bytes.
  public var path: LocalPath
  /// Nil for what was never hashed.
  public var id: FileID?
  /// Nil as long as nobody knows it.
  public var bucket: String?
  /// The object's key in its bucket; nil for what was never hashed.
  public var storagePath: String?
  /// The file's own name, repaired where it is not UTF-8.
  public var originalName: String
  /// As the row has it; nil for what was never read.
  public var mediaType: String?
  /// In bytes; nil for what was never read.
  public var byteCount: Int64?
  /// Lower-case hex; nil for what was never hashed.
  public var sha256: String?
  /// Of the conversation it was to be linked to; nil without one.
  public var continuationID: String?
  /// The conversation's row where the file is stored; nil without one.
  public var conversation: Conversation?
  /// The keys of the metadata of a row that was there, as far as storing it again changed them.
  public var updatedKeys: [String] = []
  /// Whether its object was listed, and nobody asked for its bytes.
  public var wasTrusted = false
  /// Why it was skipped, or what else is worth knowing.
  public var reason: String?
  /// Present when `status` is `failed` or `changed`.
  public var error: StorageError?
}

/// The totals of a run.
public struct MigrationSummary: Sendable {
  /// Files by what became of them.
  public var counts: [FileOutcome.Status: Int] = [:]
  /// Bytes of the files stored, unchanged or queued.
  public var byteCount: Int64 = 0
  /// Bytes of content that were sent.
  public var sentByteCount: Int64 = 0
  /// Files stored or unchanged of whose objects nobody asked for bytes.
  public var trustedCount = 0
  /// Requests that were sent, retries included.
  public var requestCount = 0
  /// From the first look to the end.
  public var duration = Duration.zero
  /// Set when the run ended before it had seen every file.
  public var endedBy: StorageError?
  /// What kept files from Supabase that were then kept in the local store.
  public var outage: StorageError?
  /// The error of every failed file, one for each code that occurred, with its number of files.
  public var failures: [StorageError.Code: Int] = [:]

  package init() {}

  /// Files that were looked at.
  public var scanned: Int { counts.values.reduce(0, +) }

  mutating func count(_ outcome: FileOutcome) {
    counts[outcome.status, default: 0] += 1
    if outcome.wasTrusted { trustedCount += 1 }
    if let error = outcome.error { failures[error.code, default: 0] += 1 }
    switch outcome.status {
    case .stored, .unchanged, .queued: byteCount.add(outcome.byteCount ?? 0)
    case .skipped, .changed, .failed: break
    }
  }
}
