public import StorageFormats

/// What a cleanup looks for. The words of the JSON contract and of the database.
public enum CleanupClass: String, Sendable, CaseIterable {
  /// Rows linked to no conversation.
  case orphan
  /// Rows whose `metadata.expires_at` is over.
  case expired
  /// Objects of ours that no row describes.
  case object
  /// What lies in the trash for long enough.
  case purge
  /// What a purge that did not come to its end left.
  case unfinished
  /// Rows without an object. Reported, never removed.
  case missing
}

/// How much there is, and how much of it a cleanup finds, all seen at one moment.
public struct CleanupSurvey: Sendable, Equatable {
  public struct Amount: Sendable, Equatable {
    public var count: Int
    public var byteCount: Int64

    public init(count: Int = 0, byteCount: Int64 = 0) {
      self.count = count
      self.byteCount = byteCount
    }

    package mutating func add(_ bytes: Int64?) {
      count += 1
      byteCount.add(bytes ?? 0)
    }
  }

  /// By the clock of the database.
  public var time: Timestamp
  /// Whether row-level security does not apply to whoever asked; what it hides looks as if it were not there.
  public var callerSeesAllRows: Bool
  /// What stands in the way of a right decision: `rls`, `foreign_key`, `trigger`, `isolation`.
  public var obstacles: [String]
  public var fileCount: Int
  public var linkCount: Int
  public var conversationCount: Int
  public var amounts: [CleanupClass: Amount]

  public init(
    time: Timestamp, callerSeesAllRows: Bool, obstacles: [String], fileCount: Int, linkCount: Int,
    conversationCount: Int, amounts: [CleanupClass: Amount]
  ) {
    self.time = time
    self.callerSeesAllRows = callerSeesAllRows
    self.obstacles = obstacles
    self.fileCount = fileCount
    self.linkCount = linkCount
    self.conversationCount = conversationCount
    self.amounts = amounts
  }
}

/// One thing that a cleanup found.
public struct CleanupCandidate: Sendable, Equatable {
  public var object: ObjectAddress
  /// Nil for an object of which it is not known.
  public var fileID: FileID?
  /// When its row was made, its object written, its time over, it came into the trash, or its purge began: whichever its
  /// class goes by. As the database writes times.
  public var since: String?
  /// Of its object, as Storage has it; else of its row.
  public var byteCount: Int64?
  /// Lower-case hex.
  public var sha256: String?
  public var linkCount: Int
  /// The whole row of `files`; nil when there is none.
  public var file: JSONValue?

  public init(
    object: ObjectAddress, fileID: FileID?, since: String?, byteCount: Int64?, sha256: String?, linkCount: Int = 0,
    file: JSONValue? = nil
  ) {
    self.object = object
    self.fileID = fileID
    self.since = since
    self.byteCount = byteCount
    self.sha256 = sha256
    self.linkCount = linkCount
    self.file = file
  }
}
