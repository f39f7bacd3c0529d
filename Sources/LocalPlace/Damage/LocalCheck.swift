/// What a look through the local store came to.
package struct LocalCheck: Sendable, Equatable {
  /// False when there is no local store.
  package var isThere = false
  /// Rows; nil when the database cannot be read.
  package var objectCount: Int?
  package var fileCount: Int?
  package var blobCount = 0
  /// Of all blobs.
  package var byteCount: Int64 = 0
  /// Blobs that no row names; nil when the database cannot be read.
  package var unnamedCount: Int?
  package var damageCount = 0
  package var harmlessCount = 0

  package init() {}
}
