internal import StorageFiles
package import StorageModel
internal import StorageRunning

/// Reads the source files of a run that go to one destination: walks trees, hashes, and says what each file is to become.
///
/// Blocking, so on a queue of its own. The journal and the inventory are used here and nowhere else during a run.
package actor SourceReader {
  private let executor = BlockingExecutor(label: "supastore.source")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private(set) var destination: Destination
  private(set) var inventory: Inventory
  var hasher: FileHasher
  private var walk: SourceWalk
  var memory: RunMemory
  /// Where the journal lies.
  nonisolated let directory: LocalPath

  /// Where the files go, and what of their rows is the same for all.
  package struct Destination: Sendable {
    package var type: FileType
    /// What the service says of the type's bucket.
    package var bucket: StoredBucket
    /// Nil without a conversation.
    package var continuationID: String?
    /// Exactly here, where nothing is ever replaced; for one file only.
    var storagePath: ObjectPath?
    /// For all files, whatever their names and contents say.
    var mediaType: MediaType?
    var metadata = MetadataChange()
    var allowsSensitive = true
    /// Whether what is listed with the right size and ETag counts as stored, unless an upload of this run failed;
    /// where asking for bytes costs no request they are asked for all the same.
    var trustsListing = false
    /// Whether the files bring their rows, each with metadata of its own.
    package var bringsRows = false

    package init(
      type: FileType, bucket: StoredBucket, continuationID: String? = nil, storagePath: ObjectPath? = nil,
      mediaType: MediaType? = nil, metadata: MetadataChange = MetadataChange(), allowsSensitive: Bool = true,
      trustsListing: Bool = false, bringsRows: Bool = false
    ) {
      self.type = type
      self.bucket = bucket
      self.continuationID = continuationID
      self.storagePath = storagePath
      self.mediaType = mediaType
      self.metadata = metadata
      self.allowsSensitive = allowsSensitive
      self.trustsListing = trustsListing
      self.bringsRows = bringsRows
    }

    /// The most bytes that a file may have, for the bucket and for its row.
    var byteLimit: Int64 { min(bucket.byteLimit ?? .max, FileRow.byteCountLimit) }
  }

  /// - Parameter remembersProofs: false where asking for bytes costs no request.
  package init(
    _ sources: [MigrationSource], to destination: Destination, journal place: JournalPlace, remembersProofs: Bool
  ) throws(StorageError) {
    self.destination = destination
    directory = place.directory
    walk = SourceWalk(sources)
    memory = try RunMemory(at: place, remembersProofs: remembersProofs)
    inventory = try Inventory()
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
    memory.forgetsProofs()
    inventory = try Inventory()
    walk.comeBack(to: files.map { $0.anew($0.status) })
  }

  // MARK: walking

  /// How many files there are and how large they are, as far as a walk can tell.
  func measure(until stop: StopSignal) -> (fileCount: Int, byteCount: Int64) {
    walk.measure(until: stop) { refusal(of: $0) == nil }
  }

  /// The next files to store, and what was passed over on the way to them. Both empty at the end.
  func nextWindow() -> (window: MigrationWindow, passedOver: [FileOutcome]) {
    var window = MigrationWindow()
    var passedOver: [FileOutcome] = []
    while !window.isFull, passedOver.count < MigrationWindow.fileLimit, let entry = walk.next() {
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

  // MARK: what is remembered

  /// Keeps the digests of the files hashed so far for the next run.
  func recordDigests() throws(StorageError) { try memory.recordDigests() }

  /// Keeps for the next run of which objects bytes were seen in this one.
  func recordProofs(of files: [MigratingFile]) throws(StorageError) { try memory.recordProofs(of: files) }

  /// Has the next run ask for the bytes of a file's object, whatever becomes of this one.
  func forgetProof(of id: FileID) throws(StorageError) { try memory.forgetProof(of: id) }

  // MARK: the inventory

  func isLinked(_ id: FileID) throws(StorageError) -> Bool { try inventory.isLinked(id) }
  func note(_ objects: [StoredObject]) throws(StorageError) { try inventory.note(objects) }
  func note(_ rows: [FileRow]) throws(StorageError) {
    try inventory.note(rows, changedBy: destination.bringsRows ? nil : destination.metadata)
  }
  func note(linked ids: [FileID]) throws(StorageError) { try inventory.note(linked: ids) }
  func forgetLinks() throws(StorageError) { try inventory.forgetLinks() }
}
