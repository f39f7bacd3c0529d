package import StorageDigests
internal import StorageSQLite

/// Something about the local store that its owner should know.
package struct LocalFinding: Sendable, Equatable {
  package enum Kind: String, Sendable, CaseIterable {
    /// There are files and no database.
    case databaseMissing = "database_missing"
    /// It cannot be opened, or contradicts itself.
    case databaseDamaged = "database_damaged"
    /// It belongs to another program.
    case databaseForeign = "database_foreign"
    /// This program does not know its version.
    case databaseVersion = "database_version"
    /// A row refers to one that is not there.
    case referenceBroken = "reference_broken"
    case blobMissing = "blob_missing"
    /// It has another length than its objects.
    case blobLength = "blob_length"
    /// Its bytes are not those it is named by.
    case blobContent = "blob_content"
    case blobUnreadable = "blob_unreadable"
    /// A file's row tells another digest or size than its object has.
    case rowContradicted = "row_contradicted"
    /// A file's row without its object.
    case objectMissing = "object_missing"
    /// A file without its line in the sidecar: without the database it would be lost.
    case sidecarLineMissing = "sidecar_line_missing"
    /// A line of a sidecar that was being written when its process died.
    case sidecarLineUnreadable = "sidecar_line_unreadable"
    /// Blobs that no row names.
    case blobsUnnamed = "blobs_unnamed"
    /// A file that a killed process left.
    case leftover
    /// A database that was replaced by a recovery.
    case oldDatabase = "old_database"
  }

  package var kind: Kind
  /// One line in lower case, without a full stop.
  package var message: String
  /// Of the content that it is about.
  package var sha256: SHA256Digest?
  /// Of the object or file that it is about.
  package var bucket: String?
  package var storagePath: String?

  init(
    _ kind: Kind, _ message: String, sha256: SHA256Digest? = nil, bucket: String? = nil, storagePath: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.sha256 = sha256
    self.bucket = bucket
    self.storagePath = storagePath
  }

  /// Whether something is lost or wrong; what else is found harms nobody.
  package var isDamage: Bool {
    switch kind {
    case .databaseMissing, .databaseDamaged, .databaseForeign, .databaseVersion, .referenceBroken, .blobMissing,
      .blobLength, .blobContent, .blobUnreadable, .rowContradicted, .objectMissing, .sidecarLineMissing:
      true
    case .sidecarLineUnreadable, .blobsUnnamed, .leftover, .oldDatabase: false
    }
  }
}

extension LocalFinding {
  /// What an error of the database says about it; nil when it says nothing.
  init?(_ error: SQLiteError) {
    switch error {
    case .damaged: self.init(.databaseDamaged, "\(error)")
    case .foreign: self.init(.databaseForeign, "\(error)")
    case .otherVersion: self.init(.databaseVersion, "\(error)")
    case .busy, .moved, .missingParent, .constraint, .full, .readOnly, .cannotOpen, .failed: return nil
    }
  }
}
