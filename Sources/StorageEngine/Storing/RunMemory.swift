internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageRunning

/// What a run knows from earlier ones, and keeps for those to come: digests of files, and of which objects bytes were
/// seen. Owned by one actor; it blocks.
struct RunMemory {
  private let journal: Journal
  /// Whether the journal remembers the objects of the place that the files go to.
  private(set) var remembersProofs: Bool
  /// Hashed in this run and not in the journal yet.
  private var unrecorded: [(status: FileStatus, digests: ContentDigests)] = []
  private var unrecordedByteCount: Int64 = 0

  /// What a killed run may have to hash again.
  private static let unrecordedFileLimit = 500
  private static let unrecordedByteLimit: Int64 = 256 << 20

  init(at place: JournalPlace, remembersProofs: Bool) throws(StorageError) {
    self.remembersProofs = remembersProofs
    do throws(StateError) {
      journal = try Journal(at: place)
    } catch {
      throw StorageError(error)
    }
  }

  // MARK: digests

  /// The digests of a file that was hashed in an earlier run and is untouched since.
  func digests(of status: FileStatus) throws(StorageError) -> ContentDigests? {
    try reporting { () throws(StateError) in try journal.digests(of: status) }
  }

  mutating func remember(_ status: FileStatus, _ digests: ContentDigests) throws(StorageError) {
    unrecorded.append((status, digests))
    unrecordedByteCount.add(status.byteCount)
    if unrecorded.count >= Self.unrecordedFileLimit || unrecordedByteCount >= Self.unrecordedByteLimit {
      try recordDigests()
    }
  }

  mutating func recordDigests() throws(StorageError) {
    try reporting { () throws(StateError) in try journal.record(unrecorded) }
    unrecorded.removeAll(keepingCapacity: true)
    unrecordedByteCount = 0
  }

  // MARK: proofs

  /// From now on files go to a place of which the journal knows nothing.
  mutating func forgetsProofs() { remembersProofs = false }

  /// Whether bytes of an object were seen, in its present version, by this machine.
  func holdsProof(of id: FileID, in object: StoredObject) throws(StorageError) -> Bool {
    guard remembersProofs else { return false }
    return try reporting { () throws(StateError) in try journal.holdsProof(of: id, in: object) }
  }

  /// Forgets that bytes of a file's object were seen: they were found missing or wrong.
  func forgetProof(of id: FileID) throws(StorageError) {
    guard remembersProofs else { return }
    try reporting { () throws(StateError) in try journal.forgetProofs(of: [id]) }
  }

  func recordProofs(of files: [MigratingFile]) throws(StorageError) {
    guard remembersProofs else { return }
    let proofs = files.compactMap { file -> (id: FileID, object: StoredObject, basis: ByteProof)? in
      guard let evidence = file.evidence, evidence.isProof, case .seen(let basis)? = evidence.bytes,
        case .given(let object, _) = evidence.description, let id = file.row?.id
      else { return nil }
      return (id, object, basis)
    }
    try reporting { () throws(StateError) in try journal.note(proofs) }
  }

  private func reporting<Value>(_ body: () throws(StateError) -> Value) throws(StorageError) -> Value {
    do throws(StateError) {
      return try body()
    } catch {
      throw StorageError(error)
    }
  }
}
