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
}
