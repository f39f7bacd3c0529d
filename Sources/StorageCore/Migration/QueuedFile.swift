internal import Digests

/// A file that the local store took and another place does not have yet: it is to become there what it is here.
struct QueuedFile: Sendable {
  /// As it stands in the local store.
  let row: FileRow
  /// Of its content.
  let sha256: SHA256Digest
  /// Whether the row tells of that content; a damaged one must not be sent as the truth.
  let isWhole: Bool

  /// What to do when its content is lost here.
  static let remedy =
    "store it again from where it came, with --verify full and SUPASTORE_MODE=local; then `supastore sync --retry-parked`"

  /// What is made of the metadata of a row that is there already: the same as when the file is stored again.
  var change: MetadataChange { MetadataChange(members: row.metadata.other, expiresAt: row.metadata.expiresAt) }

  /// Whether its path follows from what it is, so that other bytes there can only be a damage. A path that a person chose
  /// may belong to somebody.
  var isOnOwnPath: Bool { row.storagePath.split(separator: "/").last?.contains(row.id.pathTag) ?? false }
}
