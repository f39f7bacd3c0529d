public import StorageDigests
public import StorageModel

/// What a recovery of the local store came to, or would come to.
public struct LocalRecovery: Sendable, Equatable {
  public enum Status: String, Sendable, CaseIterable {
    /// The database was made again.
    case recovered
    /// It would be; nothing was changed.
    case planned
    /// The database is as it should be; nothing was changed.
    case healthy
    /// There is no local store.
    case none
  }

  /// A file whose content is no longer there.
  public struct LostFile: Sendable, Equatable {
    public var id: FileID
    public var storagePath: String
    public var sha256: SHA256Digest?
  }

  public var status: Status
  /// In the new database.
  public var fileCount = 0
  public var objectCount = 0
  public var conversationCount = 0
  public var messageCount = 0
  public var linkCount = 0
  /// Changes that wait for Supabase.
  public var waitingCount = 0
  /// Whether anything of the old database could be read.
  public var wasSalvaged = false
  /// Blobs whose bytes are not those they are named by, or cannot be read: they were left as they are.
  public var damagedBlobs: [LocalFinding] = []
  public var lostFiles: [LostFile] = []
  /// Lines of sidecars that cannot be read.
  public var skippedLineCount = 0
  /// Rows of the old database that make no sense, or refer to others that are lost.
  public var skippedRowCount = 0
  /// Where the old database is now.
  public var oldDatabase: LocalPath?

  public init(_ status: Status) {
    self.status = status
  }
}
