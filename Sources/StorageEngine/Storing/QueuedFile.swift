package import StorageDigests
package import StorageModel

/// A file that the local store took and another place does not have yet: it is to become there what it is here.
package struct QueuedFile: Sendable {
  /// As it stands in the local store.
  package let row: FileRow
  /// Of its content.
  package let sha256: SHA256Digest
  /// Whether the row tells of that content; a damaged one must not be sent as the truth.
  package let isWhole: Bool

  package init(row: FileRow, sha256: SHA256Digest, isWhole: Bool) {
    self.row = row
    self.sha256 = sha256
    self.isWhole = isWhole
  }

  /// What to do when its content is lost here.
  package static let remedy =
    "store it again from where it came, with --verify full and SUPASTORE_MODE=local; then `supastore sync --retry-parked`"

  /// What is made of the metadata of a row that is there already: the same as when the file is stored again.
  var change: MetadataChange { MetadataChange(members: row.metadata.other, expiresAt: row.metadata.expiresAt) }

  /// Whether its path follows from what it is, so that other bytes there can only be a damage. A path that a person chose
  /// may belong to somebody.
  var isOnOwnPath: Bool { row.storagePath.split(separator: "/").last?.contains(row.id.pathTag) ?? false }
}
