internal import Digests

/// One file of a window, on its way from its directory entry to its outcome.
struct MigratingFile: Sendable {
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

  /// Whether object, row and link were there before this run touched them.
  var hadObject = false
  var hadRow = false
  var hadLink = false

  /// Whether the service said that something lies under its key, because of us or from before.
  var wasSent = false
  /// What the service says of its object, where it was asked.
  var object: StoredObject?
  /// Whether that is what it has to say of this content, or all of the object's bytes came back and were those.
  var isDescribed = false
  /// Whether the service was seen to have bytes of the object: no description proves that.
  var hasBytes = false
  /// How that was seen in this run; nil when it is known from earlier, or taken for granted.
  var byteProof: ByteProof?
  /// Whether its bytes are taken for granted because the object is listed.
  var isTrusted = false
  /// Whether its row is committed, its link committed.
  var hasRow = false
  var isLinked = false

  /// The metadata of the row that was there, when storing it again changes them.
  var storedMetadata: FileMetadata?
  /// The keys of the metadata that this run changed in a row that was there.
  var updatedKeys: [String] = []

  /// What was wrong with its object before it was replaced.
  var mended: ObjectDamage?
  /// Bytes of content that the service took from us.
  var sentByteCount: Int64 = 0
  /// Whether the run ended before anything was decided about it.
  var wasDropped = false

  /// Whether the service may lack its object.
  var needsSending: Bool { !isProved && !wasSent }
  /// Whether the service is known to have its object, and the right bytes of it.
  var isProved: Bool { isDescribed && hasBytes }

  /// How often it changed while it was read.
  var changes = 0
  /// How often its row was refused because its object was purged, or went away as it was looked for.
  var comebacks = 0
  /// Attempts at sending it that failed.
  var failures = 0
  var error: StorageError?

  init(
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

  /// Its object may have gone: it is looked for again, and sent again if it has.
  mutating func forgetProof() {
    object = nil
    isDescribed = false
    hasBytes = false
    byteProof = nil
    isTrusted = false
    wasSent = true
  }

  /// Notes that the service has bytes of its object.
  mutating func noteBytes(_ proof: ByteProof) {
    hasBytes = true
    byteProof = proof
    isTrusted = false
  }

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
