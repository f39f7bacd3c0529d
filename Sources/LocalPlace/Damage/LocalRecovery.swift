package import StorageDigests
package import StorageModel

/// What a recovery of the local store came to, or would come to.
package struct LocalRecovery: Sendable, Equatable {
  package enum Status: String, Sendable, CaseIterable {
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
  package struct LostFile: Sendable, Equatable {
    package var id: FileID
    package var storagePath: String
    package var sha256: SHA256Digest?
  }

  package var status: Status
  /// In the new database.
  package var fileCount = 0
  package var objectCount = 0
  package var conversationCount = 0
  package var messageCount = 0
  package var linkCount = 0
  /// Changes that wait for Supabase.
  package var waitingCount = 0
  /// Whether anything of the old database could be read.
  package var wasSalvaged = false
  /// Blobs whose bytes are not those they are named by, or cannot be read: they were left as they are.
  package var damagedBlobs: [LocalFinding] = []
  package var lostFiles: [LostFile] = []
  /// Lines of sidecars that cannot be read.
  package var skippedLineCount = 0
  /// Rows of the old database that make no sense, or refer to others that are lost.
  package var skippedRowCount = 0
  /// Where the old database is now.
  package var oldDatabase: LocalPath?

  package init(_ status: Status) {
    self.status = status
  }
}
