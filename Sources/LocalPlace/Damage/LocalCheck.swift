/// What a look through the local store came to.
public struct LocalCheck: Sendable, Equatable {
  /// False when there is no local store.
  public var isThere = false
  /// Rows; nil when the database cannot be read.
  public var objectCount: Int?
  public var fileCount: Int?
  public var blobCount = 0
  /// Of all blobs.
  public var byteCount: Int64 = 0
  /// Blobs that no row names; nil when the database cannot be read.
  public var unnamedCount: Int?
  public var damageCount = 0
  public var harmlessCount = 0

  public init() {}
}
