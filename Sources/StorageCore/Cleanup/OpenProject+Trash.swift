internal import FoundationEssentials

extension OpenProject {
  /// The entries of these files, those that are in the trash.
  public func trashed(
    _ files: [FileReference], states: Set<TrashEntry.State> = [.trashed, .purging]
  ) async throws(StorageError) -> [FileReference: TrashEntry] {
    var found: [FileReference: TrashEntry] = [:]
    for batch in files.batches(of: 50) {
      var ids: [FileID] = []
      var keys: [String] = []
      for file in batch {
        switch file {
        case .id(let id): ids.append(id)
        case .storagePath(let path): keys.append(path)
        }
      }
      if !ids.isEmpty {
        for entry in try await entries(matching: TrashQuery(files: ids, states: states)) {
          if let id = entry.fileID { found[.id(id)] = entry }
        }
      }
      if !keys.isEmpty {
        for entry in try await entries(matching: TrashQuery(keys: keys, states: states)) {
          found[.storagePath(entry.object.key)] = entry
        }
      }
    }
    return found
  }

  /// All entries that match, the oldest first.
  public func entries(matching query: TrashQuery) async throws(StorageError) -> [TrashEntry] {
    var entries: [TrashEntry] = []
    while true {
      let page = try await trash.entries(matching: query, after: entries.last, limit: 1000)
      entries += page.elements
      if page.isLast || page.elements.isEmpty { return entries }
    }
  }

  /// Brings entries back; each `restore` of as many as one request takes is one transaction.
  public func restore(_ objects: [ObjectAddress]) async throws(StorageError) -> [Restoration] {
    let run = UUID()
    var restorations: [Restoration] = []
    for batch in objects.batches(of: 500) { restorations += try await trash.restore(Array(batch), run: run) }
    return restorations
  }

  /// Takes entries out of the trash for good, however short they were in it. `report` is called for each.
  /// - Returns: the error that ended it before all were tried.
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
