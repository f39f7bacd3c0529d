public import StorageModel

/// The totals of a check.
public struct CheckSummary: Sendable {
  /// That were listed.
  public var objectCount = 0
  /// Rows that were listed.
  public var rowCount = 0
  /// Files of directories that were compared; nil when none were.
  public var sourceCount: Int?
  /// Findings by their kind.
  public var counts: [CheckFinding.Kind: Int] = [:]
  /// Differences that are none any more.
  public var repairedCount = 0
  /// Objects of which the first byte came back and no more was asked for.
  public var touchedCount = 0
  /// Objects that were read through, and their bytes.
  public var readCount = 0
  /// Bytes of contents that were read through.
  public var readByteCount: Int64 = 0
  /// Files that are the same as far as they are listed, and none of whose bytes was asked for.
  public var unaskedCount = 0
  /// The error of everything that could not be looked at, by its code.
  public var failures: [StorageError.Code: Int] = [:]
  /// Requests that were sent, retries included.
  public var requestCount = 0
  /// From the first look to the end.
  public var duration = Duration.zero
  /// Set when the check ended before it had seen everything.
  public var endedBy: StorageError?

  /// Of nothing yet.
  public init() {}

  /// Those that were found and not repaired.
  public var differenceCount: Int {
    counts.reduce(0) { $0 + ($1.key.isDifference ? $1.value : 0) } - repairedCount
  }

  mutating func count(_ finding: CheckFinding) {
    counts[finding.kind, default: 0] += 1
    if finding.isRepaired { repairedCount += 1 }
    if finding.kind == .unreadable, let error = finding.error { failures[error.code, default: 0] += 1 }
    switch finding.depth {
    case .listing: if finding.kind == .same { unaskedCount += 1 }
    case .firstByte: touchedCount += 1
    case .allBytes:
      readCount += 1
      readByteCount.add(finding.objectByteCount ?? 0)
    }
  }
}
