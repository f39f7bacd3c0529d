internal import FoundationEssentials

extension OpenProject {
  /// Brings entries back; each `restore` of as many as one request takes is one transaction. Those that came back are
  /// asked for their first byte: what the database says of an object is no proof that the service has it.
  public func restore(_ entries: [TrashEntry]) async throws(StorageError) -> [Restoration] {
    let run = UUID()
    var restorations: [Restoration] = []
    for batch in entries.batches(of: 500) {
      let back = try await trash.restore(batch.map(\.object), run: run)
      let byteCounts = Dictionary(batch.map { ($0.object, $0.byteCount) }, uniquingKeysWith: { first, _ in first })
      restorations += await concurrently(back, limit: Self.restorationJobs) { restoration in
        await lookedAt(restoration, byteCount: byteCounts[restoration.object] ?? nil)
      }
    }
    return restorations
  }

  /// Objects that are asked for their first byte at one time.
  private static let restorationJobs = 16

  private func lookedAt(_ restoration: Restoration, byteCount: Int64?) async -> Restoration {
    guard restoration.result == .restored, restoration.hasObject else { return restoration }
    let object = restoration.object
    var restoration = restoration
    do throws(StorageError) {
      var byteCount = byteCount
      if byteCount == nil { byteCount = try await objects.object(object.key, in: object.bucket)?.byteCount }
      restoration.hasObject = try await objects.hasBytes(object.key, in: object.bucket, byteCount: byteCount ?? 0)
    } catch {
      restoration.failure = error
    }
    return restoration
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
