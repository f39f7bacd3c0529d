package import StorageFormats
internal import StorageModel

/// What storing a file makes of the metadata that its row has.
package struct MetadataChange: Sendable {
  /// Set whatever stood there; keys that are not named are kept.
  package var members: [String: JSONValue] = [:]
  /// From when on what is stored now may be cleaned away, as ISO 8601; nil: never.
  package var expiresAt: String?

  /// What a row with these metadata is to have: the members, and the later expiry of the two, where none is the latest.
  func applied(to metadata: FileMetadata) -> FileMetadata {
    var changed = metadata
    changed.other.merge(members) { _, new in new }
    changed.expiresAt = Self.later(metadata.expiresAt, expiresAt)
    return changed
  }

  /// A time that cannot be read protects like none: nothing is cleaned away because of it.
  private static func later(_ stored: String?, _ new: String?) -> String? {
    guard let stored, let new, let before = Timestamp(stored), let after = Timestamp(new) else { return nil }
    return after > before ? new : stored
  }
}

extension FileMetadata {
  /// The keys of the column that differ, in order.
  func keys(differingFrom other: FileMetadata) -> [String] {
    guard case .object(let mine) = json, case .object(let theirs) = other.json else { return [] }
    return Set(mine.keys).union(theirs.keys).filter { mine[$0] != theirs[$0] }.sorted()
  }
}
