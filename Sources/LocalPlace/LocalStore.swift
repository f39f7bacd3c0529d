internal import Glibc
package import StorageDigests
internal import StorageFiles
package import StorageModel
internal import StoragePlaces
internal import StorageRunning
internal import StorageSQLite

/// The local store: blobs beside one SQLite database, in one directory. Any number of processes share it through short
/// transactions. Blocking, so on a queue of its own.
package actor LocalStore {
  package nonisolated let path: LocalPath
  /// For which project's sake it is written to: what changes waits for that one. Empty when none is set.
  package nonisolated let project: String
  /// Whether it stands in for a project that has rows of its own: then what is asked for waits whatever is here already.
  nonisolated var isStandIn: Bool { !project.isEmpty }
  private let tables: LocalDatabase
  nonisolated let blobs: BlobDirectory
  private let executor = BlockingExecutor(label: "supastore.local")

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens the store in a directory, or makes it. What is there and damaged, or not ours, is an error and left as it is.
  package init(at path: LocalPath, for project: String = "") throws(StorageError) {
    self.project = project
    do {
      let root = try TargetDirectory(at: StateDirectory(at: path).path)
      self.path = root.path
      blobs = try BlobDirectory(in: root)
      if try root.kind(of: LocalDatabase.fileName.utf8) == nil {
        // Blobs come after the database: with them there, one that is still missing was there once.
        let wasUsed = try !blobs.isEmpty
        if wasUsed, try root.kind(of: LocalDatabase.fileName.utf8) == nil {
          throw StorageError.databaseMissing(inStoreAt: path)
        }
        if !wasUsed { try LocalDatabase.make(in: root) }
      }
      tables = try LocalDatabase(in: root)
    } catch {
      throw StorageError(any: error, inStoreAt: path)
    }
  }

  /// Where the local store lies in a state directory.
  package static func place(in state: LocalPath) -> LocalPath {
    state.appending(LocalPath(checked: Array("local".utf8)))
  }

  /// Where the local store in a state directory keeps a content, if it has it.
  @Sendable package static func contentPath(_ sha256: SHA256Digest, in state: LocalPath) -> LocalPath {
    BlobDirectory.path(of: sha256, in: place(in: state))
  }

  /// Whether a state directory, which need not be there, holds a local store, or what is left of one.
  package static func exists(in state: LocalPath) -> Bool {
    let path = place(in: state)
    let database = path.appending(LocalPath(checked: Array(LocalDatabase.fileName.utf8)))
    if database.withCString({ access($0, F_OK) }) == 0 { return true }
    let blobs = path.appending(LocalPath(checked: Array("blobs".utf8)))
    guard let directory = try? TargetDirectory(at: blobs), let listing = try? directory.listing() else { return false }
    return listing.count > 0
  }

  // MARK: Tables

  /// Runs `body` on one state of the tables.
  package func reading<Value: Sendable>(
    _ body: @Sendable (LocalDatabase) throws(LocalDatabase.Failure) -> Value
  ) throws(StorageError) -> Value {
    try reporting { () throws(SQLiteError) in
      try tables.database.reading { () throws(SQLiteError) in try body(tables) }
    }
  }

  /// Runs `body` in one transaction, undone as a whole when it throws.
  package func writing<Value: Sendable>(
    _ body: @Sendable (LocalDatabase) throws(LocalDatabase.Failure) -> Value
  ) throws(StorageError) -> Value {
    try reporting { () throws(SQLiteError) in
      try tables.database.transaction { () throws(SQLiteError) in try body(tables) }
    }
  }

  private func reporting<Value>(_ body: () throws(SQLiteError) -> Value) throws(StorageError) -> Value {
    do throws(SQLiteError) {
      return try body()
    } catch {
      throw StorageError(error, inStoreAt: path)
    }
  }

  /// What waits for the project for whose sake the store is open.
  package func backlog() throws(StorageError) -> Backlog {
    try reading { [project] tables throws(SQLiteError) in try tables.backlog(for: project) }
  }

  // MARK: Files

  /// Inserts rows, those whose path is free, each noted beside its blob first.
  func insert(_ files: [FileRow]) throws(StorageError) -> Set<FileID> {
    let time = Timestamp.now
    let contents = try reading { tables throws(SQLiteError) in
      let taken = Set(try tables.files(storagePaths: files.map(\.storagePath)).map(\.storagePath))
      var contents: [(FileRow, SHA256Digest)] = []
      for file in files where !taken.contains(file.storagePath) {
        if let object = try tables.object(file.storagePath, in: file.bucket) { contents.append((file, object.sha256)) }
      }
      return contents
    }
    do throws(FileError) {
      for (file, digest) in contents {
        try blobs.note(file, madeAt: time.columnText, for: project, beside: digest)
        CrashPoint.sidecarNoted.reached()
      }
    } catch {
      throw StorageError(error)
    }
    defer { CrashPoint.filesCommitted.reached() }
    return try writing { [blobs, project] tables throws(SQLiteError) -> Result<Set<FileID>, StorageError> in
      if let (file, state) = try tables.firstPurged(of: files, contentsIn: blobs) {
        return .failure(.pathPurged(file.storagePath, state))
      }
      let inserted = try tables.insert(files, at: time)
      for file in files where inserted.contains(file.id) { try tables.revive(file, at: time) }
      try tables.enqueue(files.map(\.id).filter(inserted.contains).map { .file($0) }, for: project, at: time)
      return .success(inserted)
    }.get()
  }

  /// Sets a row's metadata if they still are `old`, and notes them beside its blob.
  func updateMetadata(of id: FileID, from old: FileMetadata, to new: FileMetadata) throws(StorageError) -> Bool {
    let outcome = try writing { [blobs, project] tables throws(SQLiteError) -> Result<Bool, FileError> in
      guard var row = try tables.files(ids: [id]).first, row.metadata == old else { return .success(false) }
      row.metadata = new
      if let object = try tables.object(row.storagePath, in: row.bucket) {
        do throws(FileError) {
          try blobs.note(
            row, madeAt: row.createdAt ?? Timestamp.now.columnText, for: project, beside: object.sha256)
          CrashPoint.metadataNoted.reached()
        } catch {
          return .failure(error)
        }
      }
      try tables.setMetadata(of: id, to: new)
      try tables.enqueue([.file(id)], for: project, at: Timestamp.now)
      return .success(true)
    }
    CrashPoint.metadataChanged.reached()
    do throws(FileError) {
      return try outcome.get()
    } catch {
      throw StorageError(error)
    }
  }

  // MARK: Objects

  /// Nil when its blob is missing or cut off, too: storing it again mends it.
  func object(_ key: String, in bucket: String) throws(StorageError) -> StoredObject? {
    let object = try reading { tables throws(SQLiteError) in try tables.object(key, in: bucket) }
    return object.flatMap(wholeObject)
  }

  func objects(in bucket: String, prefix: String, after key: String?) throws(StorageError) -> ObjectPage {
    var after = key
    while true {
      let found = try reading { [after] tables throws(SQLiteError) in
        try tables.objects(in: bucket, prefix: prefix, after: after, limit: 1001)
      }
      let page = found.prefix(1000)
      let objects = page.compactMap(wholeObject)
      // A page of which nothing is whole is not the end.
      if found.count <= 1000 || !objects.isEmpty { return ObjectPage(objects: objects, isLast: found.count <= 1000) }
      after = page.last?.key
    }
  }

  private func wholeObject(_ object: LocalObject) -> StoredObject? {
    guard let status = blobs.status(object.sha256), status.byteCount == object.byteCount else { return nil }
    return object.description(modifiedAt: Timestamp(microseconds: status.modified / 1000))
  }

  /// Stores contents: all their blobs first, then all their rows in one transaction. A blob that a purge took away in
  /// between is written again.
  func put(_ uploads: [ObjectUpload]) -> [Result<Placement, StorageError>] {
    var results = [Result<Placement, StorageError>](repeating: .success(.alreadyThere), count: uploads.count)
    var open = Array(uploads.indices)
    for attempt in 1...Self.writeLimit where !open.isEmpty {
      var written: [(index: Int, object: LocalObject)] = []
      for index in open {
        do throws(StorageError) {
          if let object = try write(uploads[index]) { written.append((index, object)) }
        } catch {
          results[index] = .failure(error)
        }
      }
      do throws(StorageError) {
        let outcome = try record(written.map { ($0.index, $0.object, uploads[$0.index].overwrites) })
        for index in outcome.recorded { results[index] = .success(.sent) }
        if !written.isEmpty { CrashPoint.objectsRecorded.reached() }
        open = outcome.lost
      } catch {
        for (index, _) in written { results[index] = .failure(error) }
        open = []
      }
      if attempt == Self.writeLimit { for index in open { results[index] = .failure(.blobVanished) } }
    }
    return results
  }

  private static let writeLimit = 3

  /// The object to be recorded; nil when something lies there that is to stay.
  private func write(_ upload: ObjectUpload) throws(StorageError) -> LocalObject? {
    // What is stored here can be moved to Supabase.
    guard !upload.key.isEmpty, upload.key.unicodeScalars.allSatisfy(\.isAcceptedInKeys) else {
      throw StorageError(.rejected, "the key \(upload.key) holds what Supabase does not accept")
    }
    let bucket = try reading { tables throws(SQLiteError) in try tables.bucket(upload.bucket) }
    guard let bucket else {
      throw StorageError(.setup, "the local store has no bucket \(upload.bucket)", hint: "run `supastore setup`")
    }
    if let limit = bucket.byteLimit, upload.content.byteCount > limit {
      throw .tooLarge(byteCount: upload.content.byteCount, bucket)
    }
    if !upload.overwrites, try object(upload.key, in: upload.bucket) != nil { return nil }
    let digests = try blobs.write(upload.content)
    guard let md5 = digests.md5 else { throw StorageError(.damaged, "a content without its MD5") }
    return LocalObject(
      bucket: upload.bucket, key: upload.key, sha256: digests.sha256, byteCount: digests.byteCount, etag: md5.hex)
  }

  /// Returns the indices of those that were recorded, and of those whose blobs are gone; under the keys of the others
  /// somebody else was first.
  private func record(
    _ written: [(index: Int, object: LocalObject, overwrites: Bool)]
  ) throws(StorageError) -> (recorded: [Int], lost: [Int]) {
    if written.isEmpty { return ([], []) }
    return try writing { [blobs] tables throws(SQLiteError) in
      var (recorded, lost): ([Int], [Int]) = ([], [])
      for (index, object, overwrites) in written {
        if !overwrites, let other = try tables.object(object.key, in: object.bucket), other.sha256 != object.sha256,
          blobs.holds(other.sha256, byteCount: other.byteCount)
        {
          continue
        }
        // Blobs are removed under the lock that is held here.
        guard blobs.holds(object.sha256, byteCount: object.byteCount) else {
          lost.append(index)
          continue
        }
        try tables.put(object)
        recorded.append(index)
      }
      return (recorded, lost)
    }
  }

  /// Whether an object is the one that was described. Throws `.objectMissing` when its blob is not there, or not as long
  /// as it should be.
  func readFirstByte(of described: StoredObject, in bucket: String) throws(StorageError) -> Bool {
    let object = try reading { tables throws(SQLiteError) in try tables.object(described.key, in: bucket) }
    guard let object else {
      throw StorageError(.notFound, "bucket \(bucket) of the local store holds no object \(described.key)")
    }
    guard blobs.holds(object.sha256, byteCount: object.byteCount) else { throw .blobMissing(object) }
    return described.byteCount == nil || described.byteCount == object.byteCount
  }

  /// Hands the bytes of an object over, those that `incoming` wants.
  func read(_ key: String, in bucket: String, into incoming: IncomingObject) throws(StorageError) {
    let object = try reading { tables throws(SQLiteError) in try tables.object(key, in: bucket) }
    guard let object else {
      throw StorageError(.notFound, "bucket \(bucket) of the local store holds no object \(key)")
    }
    let wanted = incoming.next()
    if wanted == .nothing { return }
    do {
      guard let blob = try blobs.blob(object.sha256) else { throw StorageError.blobMissing(object) }
      var range = 0..<blob.byteCount
      if case .part(let part, _) = wanted { range = part }
      guard range.isEmpty || range.lowerBound < blob.byteCount else {
        throw StorageError(.rejected, "the range begins beyond the \(blob.byteCount) bytes of \(key)")
      }
      let isWanted = incoming.begin(at: range.lowerBound, version: object.sha256.hex, byteCount: blob.byteCount)
      if !isWanted { throw incoming.refusal ?? StorageError(.changed, "the object changed while it was read") }
      try blob.forEachPiece(of: range) { piece in
        if !incoming.take(piece) { throw incoming.refusal ?? StorageError(.unwritable, "its bytes cannot be kept") }
      }
    } catch let error as FileError {
      throw StorageError(error)
    } catch let error as StorageError {
      throw error
    } catch {
      throw StorageError(.unreadable, "the object \(key) cannot be read")
    }
  }
}

extension ObjectUpload.Content {
  var byteCount: Int64 {
    switch self {
    case .bytes(let bytes): Int64(bytes.count)
    case .file(let source): source.status.byteCount
    }
  }
}

extension StorageError {
  fileprivate static func blobMissing(_ object: LocalObject) -> StorageError {
    StorageError(
      .objectMissing, "the local store lost the content of \(object.key): blob \(object.sha256.hex)",
      hint: "store the file again: the same command mends it")
  }

  fileprivate static let blobVanished = StorageError(
    .changed, "the content was removed while it was stored", hint: "run the same command again", retry: .soon)

  fileprivate static func pathPurged(_ key: String, _ state: TrashEntry.State) -> StorageError {
    StorageError(
      .purging, "the object on \(key) is \(state.rawValue) and has to be stored again first",
      hint: "run the same command again")
  }
}
