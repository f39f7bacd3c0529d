internal import FoundationEssentials
public import StorageModel
internal import StoragePlaces
public import StorageRunning

extension OpenProject {
  /// Those of the files that are in the trash, or on their way out of it.
  public func inTrash(_ files: [FileReference]) async throws(StorageError) -> [FileReference: TrashEntry] {
    try await trash.entries(of: files)
  }

  /// Brings entries back; each `restore` of as many as one request takes is one transaction. Those that came back are
  /// asked for their first byte: what the database says of an object is no proof that the service has it.
  public func restore(_ entries: [TrashEntry]) async throws(StorageError) -> [Restoration] {
    let run = UUID()
    var restorations: [Restoration] = []
    for batch in entries.batches(of: 500) {
      let back = try await trash.restore(batch.map(\.object), run: run)
      restorations += await concurrently(back, limit: Self.restorationJobs) { await lookedAt($0) }
    }
    // Whoever stores them next asks for their bytes.
    await ProofRecord(of: self).forget(
      restorations.filter { $0.result == .restored && (!$0.hasObject || $0.failure != nil) }.compactMap(\.fileID))
    return restorations
  }

  /// Objects that are asked for their first byte at one time.
  private static let restorationJobs = 16

  private func lookedAt(_ restoration: Restoration) async -> Restoration {
    guard restoration.result == .restored, restoration.hasObject else { return restoration }
    var restoration = restoration
    do throws(StorageError) {
      restoration.hasObject = try await isThere(restoration.object)
    } catch {
      restoration.failure = error
    }
    return restoration
  }

  /// Whether an object is described, and a byte of it comes.
  private func isThere(_ address: ObjectAddress) async throws(StorageError) -> Bool {
    guard let object = try await objects.object(address.key, in: address.bucket) else { return false }
    switch try await objects.sight(object, in: address.bucket) {
    case .there: return true
    case .gone, .lost: return false
    case .replaced(let object):
      if case .there = try await objects.sight(object, in: address.bucket) { return true }
      throw StorageError(.conflict, "another program keeps writing its object", hint: "run the same command again")
    }
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
      try await purge.purgeNamed(Array(batch)).forEach(report)
    }
  }

  /// Keeps other cleanups of this project on this machine out for as long as the lock lives. Throws `.locked`.
  package func lockForCleanup() throws(StorageError) -> RunLock {
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
