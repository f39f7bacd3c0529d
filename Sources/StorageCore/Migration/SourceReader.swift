internal import Digests

/// Reads the source files of a run that go to one destination: walks trees, hashes, and says what each file is to become.
///
/// Blocking, so on a queue of its own. The journal and the inventory are used here and nowhere else during a run.
actor SourceReader {
  private let executor = BlockingExecutor(label: "supastore.source")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private(set) var destination: Destination
  private(set) var inventory: Inventory
  var hasher: FileHasher
  private let sources: [MigrationSource]
  private let journal: Journal
  /// Whether the journal remembers the objects of the place that the files go to.
  private var remembersProofs: Bool
  /// Where the journal lies.
  nonisolated let directory: LocalPath
  private var sequence: SourceSequence
  /// Files that come before the rest of the sequence.
  private var again: [MigratingFile] = []
  /// Hashed in this run and not in the journal yet.
  private var unrecorded: [(status: FileStatus, digests: ContentDigests)] = []
  private var unrecordedByteCount: Int64 = 0

  /// What a killed run may have to hash again.
  private static let unrecordedFileLimit = 500
  private static let unrecordedByteLimit: Int64 = 256 << 20

  /// Where the files go, and what of their rows is the same for all.
  struct Destination: Sendable {
    var type: FileType
    /// What the service says of the type's bucket.
    var bucket: StoredBucket
    /// Nil without a conversation.
    var continuationID: String?
    /// Exactly here, where nothing is ever replaced; for one file only.
    var storagePath: ObjectPath?
    /// For all files, whatever their names and contents say.
    var mediaType: MediaType?
    var metadata = MetadataChange()
    var allowsSensitive = true
    /// Whether what is listed with the right size and ETag counts as stored, unless an upload of this run failed.
    var trustsListing = false
    /// Whether the files bring their rows, each with metadata of its own.
    var bringsRows = false

    /// The most bytes that a file may have, for the bucket and for its row.
    var byteLimit: Int64 { min(bucket.byteLimit ?? .max, FileRow.byteCountLimit) }
  }

  /// - Parameter remembersProofs: false where asking for bytes costs no request.
  init(
    _ sources: [MigrationSource], to destination: Destination, journal place: JournalPlace, remembersProofs: Bool
  ) throws(StorageError) {
    self.sources = sources
    self.destination = destination
    self.remembersProofs = remembersProofs
    directory = place.directory
    do throws(StateError) {
      journal = try Journal(at: place)
    } catch {
      throw StorageError(error)
    }
    inventory = try Inventory()
    sequence = SourceSequence(sources)
    do {
      hasher = try FileHasher()
    } catch {
      throw StorageError(.damaged, "libcrypto has no SHA-256 or MD5: \(error)")
    }
  }

  /// From now on files are those of the conversation with this continuation id.
  func file(under continuationID: String) { destination.continuationID = continuationID }

  /// From now on files go to another place's bucket, of which nothing is known: first these again, then the rest.
  func turn(to bucket: StoredBucket, again files: [MigratingFile]) throws(StorageError) {
    destination.bucket = bucket
    remembersProofs = false
    inventory = try Inventory()
    again = files.map { $0.anew($0.status) }
  }

  // MARK: walking

  /// How many files there are and how large they are, as far as a walk can tell.
  func measure(until stop: StopSignal) -> (fileCount: Int, byteCount: Int64) {
    var size: (fileCount: Int, byteCount: Int64) = (0, 0)
    var sequence = SourceSequence(sources)
    while !stop.isRaised, let entry = sequence.next() {
      guard case .file(let file) = entry, refusal(of: file) == nil else { continue }
      size.fileCount += 1
      size.byteCount += file.status.byteCount
    }
    return size
  }

  /// The next files to store, and what was passed over on the way to them. Both empty at the end.
  func nextWindow() -> (window: MigrationWindow, passedOver: [FileOutcome]) {
    var window = MigrationWindow()
    var passedOver: [FileOutcome] = []
    while !window.isFull, let file = again.popLast() { window.append(file) }
    while !window.isFull, passedOver.count < MigrationWindow.fileLimit, let entry = sequence.next() {
      switch entry {
      case .file(let file):
        if let error = refusal(of: file) {
          var outcome = outcome(.failed, file.path, name: file.name, file.status, error: error)
          outcome.id = file.queued?.row.id
          passedOver.append(outcome)
        } else {
          window.append(file)
        }
      case .refused(let outcome):
        passedOver.append(outcome)
      case .skipped(let root, let name, let reason):
        passedOver.append(outcome(.skipped, root.path.appending(name), name: name, reason: reason.description))
      case .failed(let root, let name, let error):
        passedOver.append(outcome(.failed, root.path.appending(name), name: name, error: StorageError(error)))
      }
    }
    return (window, passedOver)
  }

  /// Why a file is not stored whatever it holds.
  func refusal(of file: MigratingFile) -> StorageError? {
    if !destination.allowsSensitive, file.looksSensitive { return .sensitive }
    guard file.status.byteCount > destination.byteLimit else { return nil }
    return .tooLarge(byteCount: file.status.byteCount, destination.bucket)
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

  func remember(_ file: MigratingFile, _ digests: ContentDigests) throws(StorageError) {
    guard file.origin.isLasting else { return }
    let status = file.status
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

  /// Whether bytes of an object were seen, in its present version, by this machine.
  func hasProof(of id: FileID, in object: StoredObject) throws(StorageError) -> Bool {
    guard remembersProofs else { return false }
    do throws(StateError) {
      return try journal.holdsProof(of: id, in: object)
    } catch {
      throw StorageError(error)
    }
  }

  /// Keeps for the next run of which objects bytes were seen in this one.
  func recordProofs(of files: [MigratingFile]) throws(StorageError) {
    guard remembersProofs else { return }
    do throws(StateError) {
      try journal.note(
        files.compactMap { file in
          guard file.isProved, let proof = file.byteProof, let id = file.row?.id, let object = file.object else {
            return nil
          }
          return (id, object, proof)
        })
    } catch {
      throw StorageError(error)
    }
  }

  // MARK: the inventory

  func isLinked(_ id: FileID) throws(StorageError) -> Bool { try inventory.isLinked(id) }
  func note(_ objects: [StoredObject]) throws(StorageError) { try inventory.note(objects) }
  func note(_ rows: [FileRow]) throws(StorageError) {
    try inventory.note(rows, changedBy: destination.bringsRows ? nil : destination.metadata)
  }
  func note(linked ids: [FileID]) throws(StorageError) { try inventory.note(linked: ids) }
  func forgetLinks() throws(StorageError) { try inventory.forgetLinks() }
}
