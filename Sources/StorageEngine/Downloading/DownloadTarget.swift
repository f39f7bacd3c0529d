public import StorageModel

/// Where downloads go.
public enum DownloadTarget: Sendable {
  /// Exactly this file; for one download only.
  case file(LocalPath)
  /// Into this directory, under the file's own name.
  case directory(LocalPath)
  /// Below this directory, where the file lay below the one that was stored: with the directories between, which are
  /// made where they are missing.
  case tree(LocalPath)
  /// Somewhere that cannot be taken back, such as standard output: called with one piece after the other when all is
  /// verified. What it throws ends the download.
  case sink(@Sendable (UnsafeRawBufferPointer) throws -> Void)
}

/// How to download.
public struct DownloadOptions: Sendable {
  /// Whether files that are there may be replaced.
  public var replaces = false
  /// Only these bytes of the file.
  public var range: ByteRange?
  /// Downloads at the same time, at least 1.
  public var jobs = 4

  /// A whole file to where nothing is, four at a time.
  public init(replaces: Bool = false, range: ByteRange? = nil, jobs: Int = 4) {
    self.replaces = replaces
    self.range = range
    self.jobs = jobs
  }
}

/// A file that was downloaded, or some bytes of it.
public struct DownloadedFile: Sendable {
  /// Where the bytes came from.
  public enum Source: String, Sendable {
    /// From the project.
    case remote, cache
    /// The local store.
    case local
  }

  /// The file's row.
  public var row: FileRow
  /// Nil when it went to a sink.
  public var path: LocalPath?
  /// Bytes that were written.
  public var byteCount: Int64
  /// Lower-case hex, of the bytes that were written.
  public var sha256: String
  /// Whether they were proved against the row's digest. Rows of other programs may hold none, and some bytes of a file
  /// prove nothing unless the cache holds all of it.
  public var isVerified: Bool
  /// Where its bytes came from.
  public var source: Source
  /// Which bytes of how many these are; nil for the whole file.
  public var part: (range: Range<Int64>, total: Int64)?
}

/// What became of one download of several.
package struct DownloadOutcome: Sendable {
  /// What was asked for.
  package var reference: FileReference
  package var result: Result<DownloadedFile, StorageError>
}
