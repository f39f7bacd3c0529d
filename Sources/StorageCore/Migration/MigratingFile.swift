internal import Digests

/// One file of a window, on its way from its directory entry to its outcome.
struct MigratingFile: Sendable {
  /// Below the root.
  let path: LocalPath
  /// As the walk saw it.
  let status: FileStatus

  /// Of the content that was read in this run, or of one known to be the same.
  var digests: ContentDigests?
  /// What its row is to be; known once it is hashed.
  var row: FileRow?

  /// Whether object, row and link were there before this run touched them.
  var hadObject = false
  var hadRow = false
  var hadLink = false

  /// Whether the service answered that its object is there, because of us or from before.
  var wasSent = false
  /// Whether its object's bytes are proved, its row committed, its link committed.
  var isProved = false
  var hasRow = false
  var isLinked = false

  /// Whether its path was found to hold other bytes, which were replaced.
  var wasOverwritten = false

  /// How often it changed while it was read.
  var changes = 0
  /// Attempts at sending it that failed.
  var failures = 0
  var error: StorageError?

  init(path: LocalPath, status: FileStatus) {
    self.path = path
    self.status = status
  }
}

/// Files that are sent, proved, recorded and linked together. Their keys follow each other, or nearly so.
struct MigrationWindow: Sendable {
  /// As many rows as one insert takes.
  static let fileLimit = 500
  static let byteLimit: Int64 = 256 << 20

  var files: [MigratingFile] = []
  private(set) var byteCount: Int64 = 0

  var isFull: Bool { files.count >= Self.fileLimit || byteCount >= Self.byteLimit }

  mutating func append(_ file: MigratingFile) {
    files.append(file)
    byteCount += file.status.byteCount
  }

  /// Fails those for which `condition` holds and that have not failed already.
  mutating func fail(where condition: (MigratingFile) -> Bool, _ error: StorageError) {
    for index in indices(where: condition) { files[index].error = error }
  }

  /// The files that have not failed and for which `condition` holds, by index.
  func indices(where condition: (MigratingFile) -> Bool) -> [Int] {
    files.indices.filter { files[$0].error == nil && condition(files[$0]) }
  }

  /// Set when going on with other windows is pointless: the key is refused, or the service is away for every file.
  var endOfRun: StorageError? {
    let fatal = files.compactMap(\.error).filter { $0.endsTheRun && $0.code != .interrupted }
    if let error = fatal.first(where: { $0.code != .unreachable }) { return error }
    let isAnyDone = files.contains { $0.error == nil && $0.hasRow }
    return !isAnyDone && fatal.count >= min(5, files.count) ? fatal.first : nil
  }
}
