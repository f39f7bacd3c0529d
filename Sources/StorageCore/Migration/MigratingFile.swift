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

  /// Whether the service said that something lies under its key, because of us or from before.
  var wasSent = false
  /// Whether its object's bytes are proved, its row committed, its link committed.
  var isProved = false
  var hasRow = false
  var isLinked = false

  /// Whether its path was found to hold other bytes, which were replaced.
  var wasOverwritten = false
  /// Whether its object was downloaded and found to be right.
  var wasReadBack = false
  /// Bytes of content that the service took from us.
  var sentByteCount: Int64 = 0
  /// Whether the run ended before anything was decided about it.
  var wasDropped = false

  /// Whether the service may lack its object.
  var needsSending: Bool { !isProved && !wasSent }

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
