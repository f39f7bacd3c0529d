internal import FoundationEssentials

extension OpenProject {
  /// Brings entries back; each `restore` of as many as one request takes is one transaction.
  public func restore(_ objects: [ObjectAddress]) async throws(StorageError) -> [Restoration] {
    let run = UUID()
    var restorations: [Restoration] = []
    for batch in objects.batches(of: 500) { restorations += try await trash.restore(Array(batch), run: run) }
    return restorations
  }

  /// Takes entries out of the trash for good, however short they were in it. `report` is called for each; an error is one
  /// that ended it before all were tried.
  public func purge(
    _ objects: [ObjectAddress], stop: StopSignal, report: (Removal) -> Void
  ) async throws(StorageError) {
    let run = UUID()
    let purge = Purge(project: heeding(stop), run: run, log: try removalLog(of: run), age: .zero)
    for batch in objects.batches(of: Purge.batchSize) {
      if stop.isRaised { throw .stopped(by: stop) }
      try await purge.purge(Array(batch)).forEach(report)
    }
  }

  /// Keeps other cleanups of this project on this machine out for as long as the lock lives. Throws `.locked`.
  public func lockForCleanup() throws(StorageError) -> RunLock {
    let place = try journalPlace()
    do throws(StateError) {
      return try RunLock(forCleanupAt: place)
    } catch {
      throw StorageError(error)
    }
  }
}

extension StorageError {
  /// The trash has no such entry.
  public static func notInTrash(_ file: FileReference) -> StorageError {
    StorageError(.notFound, "\(file) is not in the trash", hint: "`supastore trash list` shows what is")
  }
}
