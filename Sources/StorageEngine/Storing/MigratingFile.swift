internal import StorageDigests
package import StorageFiles
package import StorageModel

/// One file of a window, on its way from its directory entry to its outcome.
package struct MigratingFile: Sendable {
  let origin: ContentOrigin
  /// What it is called: a base name, or a path below a root.
  let name: LocalPath
  /// How its outcome names it; nil for a file of a root, which is where it lies.
  let label: LocalPath?
  /// When it is known without looking at name and content.
  let mediaType: MediaType?
  /// As it was when it was first looked at.
  let status: FileStatus
  /// What it was stored as in the local store; nil for a file that comes from elsewhere.
  let queued: QueuedFile?

  /// Of the content that was read in this run, or of one known to be the same.
  var digests: ContentDigests?
  /// What its row is to be; known once it is hashed.
  var row: FileRow?

  /// What is known of what lies under its key, because of this run or from before; nil while the service may lack it.
  var evidence: ObjectEvidence?
  /// Whether its object was there before this run touched it, and may have been right.
  var hadObject = false
  var record = RowStage.missing
  var link = LinkStage.missing
  /// The keys of the metadata that this run changed in a row that was there.
  var updatedKeys: [String] = []
  /// What was wrong with its object before this run replaced it.
  var mended: ObjectDamage?
  /// Bytes of content that the service took from us.
  var sentByteCount: Int64 = 0

  var setbacks = Setbacks()
  /// Why nothing more is done with it; nil while something is, and for one that is stored.
  private(set) var end: End?

  /// What befell it so far.
  struct Setbacks: Sendable {
    /// How often it changed while it was read.
    var changes = 0
    /// Attempts at sending it that failed.
    var failures = 0
    /// How often its row was refused because its object was purged, or went away as it was looked for.
    var comebacks = 0
  }

  enum End: Sendable {
    case failed(StorageError)
    /// The run ended before anything was decided about it.
    case dropped
  }

  package init(
    _ origin: ContentOrigin, name: LocalPath, label: LocalPath? = nil, mediaType: MediaType? = nil, status: FileStatus,
    queued: QueuedFile? = nil
  ) {
    self.origin = origin
    self.name = name
    self.label = label
    self.mediaType = mediaType
    self.status = status
    self.queued = queued
  }

  mutating func fail(_ error: StorageError) { end = .failed(error) }
  mutating func drop() { end = .dropped }

  var error: StorageError? { if case .failed(let error)? = end { error } else { nil } }
  var wasDropped: Bool { if case .dropped? = end { true } else { false } }

  /// Whether the service may lack its object.
  var needsSending: Bool { evidence == nil }
  /// Whether the service is known to have its object, and the right bytes of it.
  var isProved: Bool { evidence?.isProof ?? false }
  /// Proved and recorded.
  var isComplete: Bool { error == nil && isProved && record.isThere }

  /// Its object may have gone: it is looked for again, and sent again if it has.
  mutating func forgetProof() { evidence = ObjectEvidence() }

  /// The same file as it is now, nothing of it known.
  func anew(_ status: FileStatus) -> MigratingFile {
    MigratingFile(origin, name: name, label: label, mediaType: mediaType, status: status, queued: queued)
  }

  /// Whether its name, or that of the file it is read from, is one of secrets.
  var looksSensitive: Bool {
    if case .path(let path) = origin, path.looksSensitive { return true }
    return name.looksSensitive
  }

  /// As its outcome names it.
  var path: LocalPath {
    if let label { return label }
    if case .root(let root) = origin { return root.path.appending(name) }
    return name
  }
}
