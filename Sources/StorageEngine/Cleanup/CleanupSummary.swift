public import FoundationEssentials
public import StorageModel

/// What a cleanup is to do.
public struct CleanupOptions: Sendable {
  /// What nothing refers to is spared while it is younger than this.
  public var grace = Duration.seconds(7 * 86_400)
  /// What is in the trash is kept at least this long.
  public var purgeAfter = Duration.seconds(30 * 86_400)
  /// Also files whose `expires_at` is over.
  public var includesExpired = false
  /// How much may be removed at most; more makes a safeguard refuse the whole run.
  public var limits = RemovalLimits()
  /// When to stop, whether or not everything is done.
  public var deadline: ContinuousClock.Instant?

  /// What the program does unless it is told otherwise.
  public init() {}

  var classes: [CleanupClass] {
    CleanupClass.allCases.filter { $0 != .expired || includesExpired }
  }

  func age(of kind: CleanupClass) -> Duration { kind == .purge ? purgeAfter : grace }
}

/// What a cleanup found and did.
public struct CleanupSummary: Sendable {
  /// Of this run, in the trash and in the records.
  public let run: UUID
  /// Whether it was to remove anything.
  public let applies: Bool
  /// Nil where the database could not say.
  package var survey: CleanupSurvey?
  /// What holds to each class.
  public var found: [CleanupClass: CleanupAmount] = [:]
  /// What became of it.
  public var done: [Removal.Status: CleanupAmount] = [:]
  /// What refuses to remove anything; in a dry run, what would.
  public var refusals: [StorageError] = []
  /// The error of every thing that failed, with how many.
  public var failures: [StorageError.Code: Int] = [:]
  /// What ended it early.
  public var endedBy: StorageError?
  /// Requests that were sent, retries included.
  public var requestCount = 0
  /// From the first look to the end.
  public var duration = Duration.zero

  /// Which safeguards refused, or would.
  public var safeguards: [Safeguard] {
    let named = Set((refusals + [endedBy].compactMap(\.self)).compactMap(\.safeguard))
    return Safeguard.allCases.filter(named.contains)
  }

  init(run: UUID, applies: Bool) {
    self.run = run
    self.applies = applies
  }

  mutating func count(_ removal: Removal) {
    done[removal.status, default: CleanupAmount()].add(removal.byteCount)
    if let error = removal.error { failures[error.code, default: 0] += 1 }
  }
}
