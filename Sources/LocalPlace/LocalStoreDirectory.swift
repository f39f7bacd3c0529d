internal import StorageFiles
package import StorageModel
package import StorageRunning
internal import StorageSQLite

/// The directory of the local store, in whatever state it is: to look through it, and to make its database again.
/// Blocking, so on a queue of its own.
package actor LocalStoreDirectory {
  package nonisolated let path: LocalPath
  /// Counts the contents that were read.
  package nonisolated let meter = ProgressMeter()
  private let executor = BlockingExecutor(label: "supastore.local.directory")

  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens and makes nothing yet.
  package init(in state: StateDirectory) {
    path = LocalStore.place(in: state.path)
  }

  /// Looks through database, blobs and sidecars; changes nothing.
  /// - Parameters:
  ///   - quick: reads no blob: only whether it is there and as long as it should be.
  ///   - report: gets each finding as it is made, on the queue of this actor.
  package func check(
    quick: Bool = false, _ report: @escaping @Sendable (LocalFinding) -> Void
  ) throws(StorageError) -> LocalCheck {
    try reporting {
      guard let root = try root() else { return LocalCheck() }
      var checker = try LocalChecker(root, quick: quick, meter: meter, report: report)
      return try checker.run()
    }
  }

  /// Makes a damaged or missing database again, from what can be read of it and from blobs and sidecars. Takes the lock
  /// of the store, or throws `.locked`. The old database is kept. Killed at any moment, the next call goes on.
  /// - Parameter dryRun: only says what would be recovered, and takes no lock.
  package func recover(dryRun: Bool = false) throws(StorageError) -> LocalRecovery {
    try reporting {
      guard let root = try root() else { return LocalRecovery(.none) }
      let file = DatabaseFile(in: root)
      let blobs = try BlobDirectory(existingIn: root)
      let isEmpty = try blobs?.isEmpty ?? true
      if isEmpty, try !file.exists { return LocalRecovery(.none) }
      let lock = dryRun ? nil : try LocalStore.lock(at: path)
      defer { withExtendedLifetime(lock) {} }
      let old = try file.exists ? DamagedDatabase(file, locked: !dryRun) : nil
      if let old, old.isHealthy { return LocalRecovery(.healthy) }
      return try dryRun
        ? plan(old, blobs)
        : replace(old, file, blobs)
    }
  }

  private func plan(_ old: DamagedDatabase?, _ blobs: BlobDirectory?) throws -> LocalRecovery {
    var recovery = try rebuilt(.temporary, old, blobs)
    recovery.status = .planned
    return recovery
  }

  private func replace(
    _ old: DamagedDatabase?, _ file: DatabaseFile, _ blobs: BlobDirectory?
  ) throws -> LocalRecovery {
    let new = try file.prepare()
    defer { file.discardNew() }
    var recovery = try rebuilt(.file(new.bytes), old, blobs)
    recovery.oldDatabase = try file.replace(at: Timestamp.now)
    // Up to here nobody could write into the old one.
    withExtendedLifetime(old) {}
    return recovery
  }

  private func rebuilt(
    _ location: Database.Location, _ old: DamagedDatabase?, _ blobs: BlobDirectory?
  ) throws -> LocalRecovery {
    let database = try Database(location, schema: LocalDatabase.schema, durability: .extra)
    var rebuild = try DatabaseRebuild(into: database, at: Timestamp.now)
    if let blobs { try rebuild.read(blobs, meter) }
    try rebuild.fill(from: old?.database)
    try database.check()
    guard try database.brokenReferences().isEmpty else {
      throw StorageError(.damaged, "the database that was made for the local store \(path) is not whole")
    }
    return rebuild.recovery
  }

  private func root() throws(FileError) -> TargetDirectory? {
    guard path.isDirectory else { return nil }
    return try TargetDirectory(at: path)
  }

  private func reporting<Value>(_ body: () throws -> Value) throws(StorageError) -> Value {
    do {
      return try body()
    } catch {
      throw StorageError(any: error, inStoreAt: path)
    }
  }
}
