package import StorageFormats

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

/// How many things, and how many bytes.
public struct CleanupAmount: Sendable, Equatable {
  /// Things.
  public var count: Int
  /// Of those whose size is known.
  public var byteCount: Int64

  package init(count: Int = 0, byteCount: Int64 = 0) {
    self.count = count
    self.byteCount = byteCount
  }

  package mutating func add(_ bytes: Int64?) {
    count += 1
    byteCount.add(bytes ?? 0)
  }
}

/// How much there is, and how much of it a cleanup finds, all seen at one moment.
package struct CleanupSurvey: Sendable, Equatable {
  /// By the clock of the database.
  package var time: Timestamp
  /// Whether row-level security does not apply to whoever asked; what it hides looks as if it were not there.
  package var callerSeesAllRows: Bool
  /// What stands in the way of a right decision: `rls`, `foreign_key`, `trigger`, `isolation`.
  package var obstacles: [String]
  package var fileCount: Int
  package var linkCount: Int
  package var conversationCount: Int
  package var amounts: [CleanupClass: CleanupAmount]

  package init(
    time: Timestamp, callerSeesAllRows: Bool, obstacles: [String], fileCount: Int, linkCount: Int,
    conversationCount: Int, amounts: [CleanupClass: CleanupAmount]
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
package struct CleanupCandidate: Sendable, Equatable {
  package var object: ObjectAddress
  /// Nil for an object of which it is not known.
  package var fileID: FileID?
  /// When its row was made, its object written, its time over, it came into the trash, or its purge began: whichever its
  /// class goes by. As the database writes times.
  package var since: String?
  /// Of its object, as Storage has it; else of its row.
  package var byteCount: Int64?
  /// Lower-case hex.
  package var sha256: String?
  package var linkCount: Int
  /// The whole row of `files`; nil when there is none.
  package var file: JSONValue?

  package init(
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
