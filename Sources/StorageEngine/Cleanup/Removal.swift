internal import StorageFormats
public import StorageModel

/// One thing that was to be removed, and what became of it.
public struct Removal: Sendable {
  /// The words of the JSON contract.
  public enum Status: String, Sendable, CaseIterable {
    /// Would be removed; nothing was done.
    case found
    /// Worth knowing, and nothing that is ever removed.
    case reported
    /// Moved into the trash.
    case trashed
    /// Its object was deleted, and proved to be gone.
    case purged
    /// When it came to it, the reason to remove it was gone, or somebody was using it.
    case kept
    /// It was not there any more.
    case absent = "already_absent"
    /// `error` says why.
    case failed
  }

  /// What became of it.
  public var status: Status
  /// What a cleanup found it as; nil when somebody named it.
  public var kind: CleanupClass?
  /// Where its object lies, or lay.
  public var object: ObjectAddress
  /// Of its row; nil where there is none.
  public var fileID: FileID?
  /// Nil where there is no row.
  public var originalName: String?
  /// In bytes; nil where nothing tells.
  public var byteCount: Int64?
  /// Lower-case hex; nil where nothing tells.
  public var sha256: String?
  /// Whichever time its class goes by, as the database writes times.
  public var since: String?
  /// Conversations it is, or was, linked to.
  public var linkCount: Int
  /// Present when `status` is `failed`.
  public var error: StorageError?

  package init(
    _ status: Status, kind: CleanupClass? = nil, object: ObjectAddress, fileID: FileID? = nil,
    originalName: String? = nil, byteCount: Int64? = nil, sha256: String? = nil, since: String? = nil,
    linkCount: Int = 0, error: StorageError? = nil
  ) {
    self.status = status
    self.kind = kind
    self.object = object
    self.fileID = fileID
    self.originalName = originalName
    self.byteCount = byteCount
    self.sha256 = sha256
    self.since = since
    self.linkCount = linkCount
    self.error = error
  }

  init(_ status: Status, _ kind: CleanupClass, _ candidate: CleanupCandidate, error: StorageError? = nil) {
    self.init(
      status, kind: kind, object: candidate.object, fileID: candidate.fileID,
      originalName: candidate.file?["original_name"]?.string, byteCount: candidate.byteCount, sha256: candidate.sha256,
      since: candidate.since, linkCount: candidate.linkCount, error: error)
  }

  init(_ status: Status, kind: CleanupClass? = nil, entry: TrashEntry, error: StorageError? = nil) {
    self.init(
      status, kind: kind, object: entry.object, fileID: entry.fileID, originalName: entry.originalName,
      byteCount: entry.byteCount, sha256: entry.sha256, since: entry.trashedAt, linkCount: entry.conversations.count,
      error: error)
  }

  init(_ status: Status, _ row: FileRow, linkCount: Int = 0, error: StorageError? = nil) {
    self.init(
      status, object: ObjectAddress(bucket: row.bucket, key: row.storagePath), fileID: row.id,
      originalName: row.originalName, byteCount: row.byteCount, sha256: row.metadata.sha256, since: row.createdAt,
      linkCount: linkCount, error: error)
  }
}
