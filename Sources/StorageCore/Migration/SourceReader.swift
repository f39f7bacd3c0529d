internal import Digests

/// Reads the source files of one root: walks the tree, hashes, and says what each file is to become.
///
/// Blocking, so on a queue of its own. The journal and the inventory are used here and nowhere else during a run.
actor SourceReader {
  private let executor = BlockingExecutor(label: "supastore.source")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  let root: SourceRoot
  let destination: Destination
  let inventory: Inventory
  var hasher: FileHasher
  private let patterns: PathPatterns
  private let journal: Journal
  private var walk: TreeWalk
  /// Hashed in this run and not in the journal yet.
  private var unrecorded: [(status: FileStatus, digests: ContentDigests)] = []
  private var unrecordedByteCount: Int64 = 0

  /// What a killed run may have to hash again.
  private static let unrecordedFileLimit = 500
  private static let unrecordedByteLimit: Int64 = 256 << 20

  /// Where the files of a root go.
  struct Destination: Sendable {
    var type: FileType
    /// What the service says of the type's bucket.
    var bucket: StoredBucket
    /// Nil without a conversation.
    var continuationID: String?
  }

  init(
    _ root: SourceRoot, patterns: PathPatterns, to destination: Destination, journal place: JournalPlace
  ) throws(StorageError) {
    self.root = root
    self.patterns = patterns
    self.destination = destination
    do throws(StateError) {
      journal = try Journal(at: place)
    } catch {
      throw StorageError(error)
    }
    inventory = try Inventory()
    walk = TreeWalk(root, patterns: patterns)
    do {
      hasher = try FileHasher()
    } catch {
      throw StorageError(.damaged, "libcrypto has no SHA-256 or MD5: \(error)")
    }
  }

  // MARK: walking

  /// How many files there are and how large they are, as far as a walk can tell.
  func measure(until stop: StopSignal) -> (fileCount: Int, byteCount: Int64) {
    var size: (fileCount: Int, byteCount: Int64) = (0, 0)
    var walk = TreeWalk(root, patterns: patterns)
    while !stop.isRaised, let entry = walk.next() {
      guard case .file(_, let status) = entry, !isTooLarge(status) else { continue }
      size.fileCount += 1
      size.byteCount += status.byteCount
    }
    return size
  }

  /// A window of one file of the root, or its outcome when it is not one to store.
  func window(of path: LocalPath) -> (window: MigrationWindow, refused: FileOutcome?) {
    var window = MigrationWindow()
    do throws(FileError) {
      let status = try root.open(path).status
      if isTooLarge(status) { return (window, outcome(.failed, path, status, error: tooLarge(status))) }
      window.append(MigratingFile(path: path, status: status))
      return (window, nil)
    } catch {
      return (window, outcome(.failed, path, nil, error: StorageError(error)))
    }
  }

  /// The next files to store, and what the walk passed over on the way to them. Both empty at the end.
  func nextWindow() -> (window: MigrationWindow, passedOver: [FileOutcome]) {
    var window = MigrationWindow()
    var passedOver: [FileOutcome] = []
    while !window.isFull, passedOver.count < MigrationWindow.fileLimit, let entry = walk.next() {
      switch entry {
      case .file(let path, let status):
        if isTooLarge(status) {
          passedOver.append(outcome(.failed, path, status, error: tooLarge(status)))
        } else {
          window.append(MigratingFile(path: path, status: status))
        }
      case .skipped(let path, let reason):
        passedOver.append(outcome(.skipped, path, nil, reason: reason.description))
      case .failed(let path, let error):
        passedOver.append(outcome(.failed, path, nil, error: StorageError(error)))
      }
    }
    return (window, passedOver)
  }

  func isTooLarge(_ status: FileStatus) -> Bool {
    destination.bucket.byteLimit.map { status.byteCount > $0 } ?? false
  }

  func tooLarge(_ status: FileStatus) -> StorageError {
    StorageError(
      .tooLarge,
      "\(status.byteCount) bytes are more than bucket \(destination.bucket.name) takes "
        + "(\(destination.bucket.byteLimit ?? 0))",
      hint: "raise the bucket's file size limit in the dashboard, or leave the file out with --exclude")
  }

  // MARK: the journal

  /// The digests of a file that was hashed in an earlier run and is untouched since.
  func remembered(_ status: FileStatus) throws(StorageError) -> ContentDigests? {
    do throws(StateError) {
      return try journal.digests(of: status)
    } catch {
      throw StorageError(error)
    }
  }

  func remember(_ status: FileStatus, _ digests: ContentDigests) throws(StorageError) {
    unrecorded.append((status, digests))
    unrecordedByteCount += status.byteCount
    if unrecorded.count >= Self.unrecordedFileLimit || unrecordedByteCount >= Self.unrecordedByteLimit {
      try recordDigests()
    }
  }

  /// Keeps the digests of the files hashed so far for the next run.
  func recordDigests() throws(StorageError) {
    do throws(StateError) {
      try journal.record(unrecorded)
    } catch {
      throw StorageError(error)
    }
    unrecorded.removeAll(keepingCapacity: true)
    unrecordedByteCount = 0
  }

  // MARK: the inventory

  func isLinked(_ id: FileID) throws(StorageError) -> Bool { try inventory.isLinked(id) }
  func note(_ objects: [StoredObject]) throws(StorageError) { try inventory.note(objects) }
  func note(_ rows: [FileRow]) throws(StorageError) { try inventory.note(rows) }
  func note(linked ids: [FileID]) throws(StorageError) { try inventory.note(linked: ids) }
  func forgetLinks() throws(StorageError) { try inventory.forgetLinks() }
}
