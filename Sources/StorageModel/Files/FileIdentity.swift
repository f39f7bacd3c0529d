package import StorageDigests

/// What makes a file this file: the same four things give the same id and the same storage path, on every machine, so
/// that storing it again writes the same bytes to the same place. The recipe is the format: docs/decisions/0001.
package struct FileIdentity: Hashable, Sendable {
  package let type: FileType
  /// Nil without a conversation.
  package let continuationID: String?
  /// A base name, or a path relative to the root that was stored.
  package let name: LocalPath
  package let content: SHA256Digest
  package let id: FileID

  package init(
    type: FileType, continuationID: String?, name: LocalPath, content: SHA256Digest
  ) throws(DigestError) {
    self.type = type
    self.continuationID = continuationID
    self.name = name
    self.content = content
    id = try Self.id(bucket: type.bucket.name, continuationID: continuationID, name: name.bytes, content: content)
  }

  /// Where the object lies in its bucket, unless a person chose another place.
  package var storagePath: ObjectPath {
    ObjectPath(type: type, continuationID: continuationID, name: name, id: id)
  }

  private static func id(
    bucket: String, continuationID: String?, name: [UInt8], content: SHA256Digest
  ) throws(DigestError) -> FileID {
    var recipe = IdentityRecipe("supastore file 1")
    for field in [Array(bucket.utf8), Array((continuationID ?? "").utf8), name, content.bytes] { recipe.append(field) }
    return try recipe.uuid()
  }
}
