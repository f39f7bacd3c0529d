package import StorageDigests
public import StorageFormats

/// A row of `files`.
public struct FileRow: Sendable, Equatable {
  /// The most bytes that `size_bytes` can tell: it is an integer of 32 bits in the tables of the first phase.
  package static let byteCountLimit = Int64(Int32.max)

  /// Follows from bucket, conversation, name and content, so that the same file has the same id everywhere.
  public var id: FileID
  /// Its object's key.
  public var storagePath: String
  /// Its own name, repaired where it is not UTF-8.
  public var originalName: String
  /// Nil where another program did not say.
  public var mediaType: String?
  /// Bytes.
  public var byteCount: Int64?
  /// What it is to whoever stored it.
  public var type: FileType
  /// The column of that name.
  public var metadata: FileMetadata
  /// When the row was made, as the database wrote it; nil for a row that is still to be inserted.
  public var createdAt: String?

  package init(
    id: FileID, storagePath: String, originalName: String, mediaType: String?, byteCount: Int64?, type: FileType,
    metadata: FileMetadata, createdAt: String? = nil
  ) {
    self.id = id
    self.storagePath = storagePath
    self.originalName = originalName
    self.mediaType = mediaType
    self.byteCount = byteCount
    self.type = type
    self.metadata = metadata
    self.createdAt = createdAt
  }

  /// The bucket its object lies in: what the row says, else what its type implies.
  public var bucket: String { metadata.bucket ?? type.bucket.name }
}

/// The row's `metadata` column: what we keep there, and what others put beside it. Rows of other programs may hold none
/// of ours.
public struct FileMetadata: Sendable, Equatable {
  /// Hex: lower-case where we wrote it.
  public var sha256: String?
  /// Where its object lies, by name; nil in rows of other programs.
  public var bucket: String?
  /// Of the conversation it was stored for.
  public var continuationID: String?
  /// Of the file below the directory that was stored.
  public var relativePath: String?
  /// The exact bytes, when they are not UTF-8.
  public var originalNameBase64: String?
  /// The same of `relativePath`.
  public var relativePathBase64: String?
  /// From when on the file may be cleaned away: ISO 8601, UTC. Nil: never.
  public var expiresAt: String?
  /// Everything else that stands in the column, by its key.
  public var other: [String: JSONValue]

  package init(
    sha256: String? = nil, bucket: String? = nil, continuationID: String? = nil, relativePath: String? = nil,
    originalNameBase64: String? = nil, relativePathBase64: String? = nil,
    expiresAt: String? = nil, other: [String: JSONValue] = [:]
  ) {
    self.sha256 = sha256
    self.bucket = bucket
    self.continuationID = continuationID
    self.relativePath = relativePath
    self.originalNameBase64 = originalNameBase64
    self.relativePathBase64 = relativePathBase64
    self.expiresAt = expiresAt
    self.other = other
  }
}

extension FileMetadata {
  /// Of the content; nil where there is none, or another program wrote something that is no digest.
  package var digest: SHA256Digest? { sha256.flatMap { SHA256Digest(hex: $0) } }
}

extension FileRow {
  /// Whether nothing that it tells of its content speaks against this one.
  package func isOf(_ sha256: SHA256Digest, byteCount: Int64) -> Bool {
    (metadata.sha256 == nil || metadata.digest == sha256) && (self.byteCount.map { $0 == byteCount } ?? true)
  }
}
