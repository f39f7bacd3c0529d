internal import Digests

/// Reads the source files of one root: walks the tree, hashes, and says what each file is to become.
///
/// Blocking, so on a queue of its own. The journal and the inventory are used here and nowhere else during a run.
actor SourceReader {
  private let executor = BlockingExecutor(label: "supastore.source")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  private let root: SourceRoot
  private let patterns: PathPatterns
  private let destination: Destination
  private let journal: Journal
  private let inventory: Inventory
  private var walk: TreeWalk
  private var hasher: FileHasher

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
  func measure() -> (fileCount: Int, byteCount: Int64) {
    var size: (fileCount: Int, byteCount: Int64) = (0, 0)
    var walk = TreeWalk(root, patterns: patterns)
    while let entry = walk.next() {
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

  private func isTooLarge(_ status: FileStatus) -> Bool {
    destination.bucket.byteLimit.map { status.byteCount > $0 } ?? false
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

  private func tooLarge(_ status: FileStatus) -> StorageError {
    StorageError(
      .tooLarge,
      "\(status.byteCount) bytes are more than bucket \(destination.bucket.name) takes "
        + "(\(destination.bucket.byteLimit ?? 0))",
      hint: "raise the bucket's file size limit in the dashboard, or leave the file out with --exclude")
  }

  private func outcome(
    _ status: FileOutcome.Status, _ path: LocalPath, _ file: FileStatus?, reason: String? = nil,
    error: StorageError? = nil
  ) -> FileOutcome {
    FileOutcome(
      status: status, path: root.path.appending(path), bucket: destination.bucket.name,
      originalName: (path.baseName ?? path).repaired, byteCount: file?.byteCount,
      continuationID: destination.continuationID, reason: reason, error: error)
  }

  // MARK: preparing

  /// A file that was looked at, and what is to be sent of it; nothing when it failed or is stored already.
  struct Prepared: Sendable {
    var file: MigratingFile
    var upload: ObjectUpload?
    /// Kept by whoever sends `upload`, until that has settled.
    var source: SourceFile?
  }

  /// Hashes files and compares them with what the service holds; loads nothing.
  func assess(_ files: [MigratingFile]) -> [MigratingFile] {
    files.map { file in
      var file = file
      do throws(StorageError) {
        if try known(&file) == false { _ = try content(of: &file) }
        try compareWithInventory(&file)
      } catch {
        file.error = error
      }
      return file
    }
  }

  /// Hashes files, compares them with what the service holds, and loads the contents it lacks.
  func prepare(_ files: [MigratingFile]) -> [Prepared] {
    files.map { file in
      var prepared = Prepared(file: file)
      do throws(StorageError) {
        if try known(&prepared.file) {
          try compareWithInventory(&prepared.file)
          if prepared.file.isProved { return prepared }
        }
        let (content, source) = try content(of: &prepared.file)
        try compareWithInventory(&prepared.file)
        if prepared.file.isProved { return prepared }
        prepared.upload = upload(of: prepared.file, content)
        prepared.source = source
      } catch {
        if error.code == .changed, prepared.file.changes < 2 {
          prepared.file.changes += 1
        } else {
          prepared.file.error = error
        }
      }
      return prepared
    }
  }

  /// Loads a file again whatever the service holds, to overwrite wrong bytes on its path.
  func reload(_ file: MigratingFile) throws(StorageError) -> Prepared {
    var prepared = Prepared(file: file)
    let (content, source) = try content(of: &prepared.file)
    prepared.upload = upload(of: prepared.file, content)
    prepared.upload?.overwrites = true
    prepared.source = source
    return prepared
  }

  /// Whether the digests are known, from before or from the journal.
  private func known(_ file: inout MigratingFile) throws(StorageError) -> Bool {
    if file.row != nil { return true }
    guard let digests = try remembered(file.status) else { return false }
    do throws(DigestError) {
      try identify(&file, as: digests, start: nil)
    } catch {
      throw StorageError(.undigestible(file.path, error))
    }
    return true
  }

  private func remembered(_ status: FileStatus) throws(StorageError) -> ContentDigests? {
    do throws(StateError) {
      return try journal.digests(of: status)
    } catch {
      throw StorageError(error)
    }
  }

  /// Opens a file and loads what is to be sent of it; hashes it unless it is large and was hashed already.
  private func content(
    of file: inout MigratingFile
  ) throws(StorageError) -> (content: ObjectUpload.Content, source: SourceFile?) {
    do throws(FileError) {
      let source = try root.open(file.path)
      guard source.status == file.status else { throw .changed(source.path) }
      let isLarge = source.status.byteCount > FileHasher.keptByteCount
      var bytes: [UInt8] = []
      let digests: ContentDigests
      if isLarge, let known = file.digests {
        digests = known
      } else {
        digests = try hasher.digests(of: source, keeping: &bytes)
      }
      let start = isLarge ? try source.start(MediaType.startByteCount) : Array(bytes.prefix(MediaType.startByteCount))
      do throws(DigestError) {
        try identify(&file, as: digests, start: start)
      } catch {
        throw .undigestible(source.path, error)
      }
      guard isLarge else { return (.bytes(bytes), nil) }
      return (.file(descriptor: source.descriptor, byteCount: source.status.byteCount), source)
    } catch {
      if case .changed = error { refresh(&file) }
      throw StorageError(error)
    }
  }

  /// Forgets what was known of a file that changed, and looks at it anew.
  private func refresh(_ file: inout MigratingFile) {
    guard let status = try? root.open(file.path).status else { return }
    var fresh = MigratingFile(path: file.path, status: status)
    fresh.changes = file.changes
    fresh.failures = file.failures
    file = fresh
  }

  /// Notes what the file's content makes of it. `start` tells the type of a content whose name does not.
  private func identify(
    _ file: inout MigratingFile, as digests: ContentDigests, start: [UInt8]?
  ) throws(DigestError) {
    if file.digests != digests || file.row == nil {
      file.digests = digests
      file.row = try row(for: file, digests)
    }
    if let start, file.row?.mediaType == nil {
      file.row?.mediaType = MediaType.of(name: file.path, start: start).description
    }
  }

  private func row(for file: MigratingFile, _ digests: ContentDigests) throws(DigestError) -> FileRow {
    let identity = try FileIdentity(
      type: destination.type, continuationID: destination.continuationID, name: file.path, content: digests.sha256)
    let name = file.path.baseName ?? file.path
    return FileRow(
      id: identity.id, storagePath: identity.storagePath.string, originalName: name.repaired,
      mediaType: MediaType.of(name: name)?.description, byteCount: digests.byteCount, type: destination.type,
      metadata: FileMetadata(
        sha256: digests.sha256.hex, bucket: destination.bucket.name, continuationID: destination.continuationID,
        relativePath: file.path.repaired, originalNameBase64: name.base64UnlessUTF8,
        relativePathBase64: file.path.base64UnlessUTF8))
  }

  private func compareWithInventory(_ file: inout MigratingFile) throws(StorageError) {
    guard let row = file.row, let digests = file.digests else { return }
    if let object = try inventory.object(row.storagePath) {
      file.hadObject = ObjectProof(of: object, against: digests) == .holds
      file.isProved = file.hadObject
    }
    if let other = try inventory.fileID(onPath: row.storagePath) {
      guard other == row.id else { throw .pathTaken(row.storagePath, by: other) }
      file.hadRow = true
      file.hasRow = true
    } else if row.mediaType == nil {
      file.row?.mediaType = try type(ofContentOf: file.path)
    }
  }

  private func type(ofContentOf path: LocalPath) throws(StorageError) -> String {
    do throws(FileError) {
      return MediaType.of(name: path, start: try root.open(path).start(MediaType.startByteCount)).description
    } catch {
      throw StorageError(error)
    }
  }

  private func upload(of file: MigratingFile, _ content: ObjectUpload.Content) -> ObjectUpload? {
    guard let row = file.row else { return nil }
    return ObjectUpload(
      bucket: destination.bucket.name, key: row.storagePath, mediaType: row.mediaType ?? MediaType.unknown.description,
      content: content,
      metadata: [("supastore", row.id.description), ("sha256", row.metadata.sha256 ?? "")])
  }

  // MARK: reporting

  /// The outcomes of a window's files. Those that were dropped on the way by an interruption have none.
  func outcomes(of window: MigrationWindow, in conversation: Conversation?) -> [FileOutcome] {
    window.files.compactMap { file in
      if let error = file.error {
        if error.code == .interrupted { return nil }
        return outcome(of: file, error.code == .changed ? .changed : .failed, conversation)
      }
      guard file.isProved, file.hasRow, file.isLinked || conversation == nil else { return nil }
      let wasComplete = file.hadObject && file.hadRow && (file.hadLink || conversation == nil)
      return outcome(of: file, wasComplete && !file.wasOverwritten ? .unchanged : .stored, conversation)
    }
  }

  private func outcome(
    of file: MigratingFile, _ status: FileOutcome.Status, _ conversation: Conversation?
  ) -> FileOutcome {
    var outcome = outcome(status, file.path, file.status, error: file.error)
    outcome.id = file.row?.id
    outcome.storagePath = file.row?.storagePath
    outcome.originalName = file.row?.originalName ?? outcome.originalName
    outcome.mediaType = file.row?.mediaType
    outcome.sha256 = file.row?.metadata.sha256
    outcome.conversation = conversation
    if file.wasOverwritten { outcome.reason = "other bytes lay on its path and were replaced" }
    return outcome
  }

  // MARK: recording

  /// Keeps the digests of files for the next run.
  func record(_ files: [MigratingFile]) throws(StorageError) {
    do throws(StateError) {
      try journal.record(files.compactMap { file in file.digests.map { (file.status, $0) } })
    } catch {
      throw StorageError(error)
    }
  }

  func isLinked(_ id: FileID) throws(StorageError) -> Bool { try inventory.isLinked(id) }
  func note(_ objects: [StoredObject]) throws(StorageError) { try inventory.note(objects) }
  func note(_ rows: [FileRow]) throws(StorageError) { try inventory.note(rows) }
  func note(linked ids: [FileID]) throws(StorageError) { try inventory.note(linked: ids) }
}
