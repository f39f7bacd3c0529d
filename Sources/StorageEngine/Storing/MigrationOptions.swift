public import StorageFiles
public import StorageModel

/// How directories are stored.
public struct MigrationOptions: Sendable {
  /// Of all files of the run.
  public var type: FileType
  /// Which files of the directories are meant.
  public var patterns: PathPatterns
  /// Uploads at one time, at most.
  public var jobs: Int
  /// How much is read back to prove it.
  public var verification: Verification
  /// Whether files that are listed, and of whose bytes this machine knows nothing, count as stored without being asked
  /// for their first byte.
  public var trustsListing: Bool
  /// Whether files may be stored whose names are those of secrets, such as `.env` and `id_rsa`.
  public var allowsSensitive: Bool

  /// What the program does unless it is told otherwise.
  public init(
    type: FileType = .userUpload, patterns: PathPatterns = PathPatterns(), jobs: Int = 16,
    verification: Verification = .etag, trustsListing: Bool = false, allowsSensitive: Bool = false
  ) {
    self.type = type
    self.patterns = patterns
    self.jobs = jobs
    self.verification = verification
    self.trustsListing = trustsListing
    self.allowsSensitive = allowsSensitive
  }
}
