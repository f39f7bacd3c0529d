internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

extension WindowSettler {
  /// Attempts at changing metadata that others change, too. Each that fails means that somebody else's succeeded, so
  /// as many processes can change one row at one time.
  private static let attemptLimit = 64
  /// Rows that are changed at one time.
  private static let concurrency = 8

  /// Changes the metadata of rows that were there, where storing the files again changes them.
  func amend(_ window: inout MigrationWindow) async {
    let files = window.files
    let changed = window.indices { $0.isComplete && $0.record.outdated != nil }
    let results = await concurrently(changed, limit: Self.concurrency) { index -> Result<[String], StorageError>? in
      guard let id = files[index].row?.id, let stored = files[index].record.outdated else { return nil }
      return await amend(id, stored, files[index].queued?.change ?? change)
    }
    for (index, result) in zip(changed, results) {
      switch result {
      case .success(let keys)?: window.files[index].updatedKeys = keys
      case .failure(let error)?: window.files[index].fail(error)
      case nil: break
      }
    }
  }

  /// The keys that were changed. A row that somebody changed meanwhile is read again: the change is made to what it
  /// holds then, so nobody's keys are lost.
  private func amend(_ id: FileID, _ seen: FileMetadata, _ change: MetadataChange) async -> Result<
    [String], StorageError
  > {
    var stored = seen
    var keys: [String] = []
    do throws(StorageError) {
      for _ in 0..<Self.attemptLimit {
        let wanted = change.applied(to: stored)
        let differing = wanted.keys(differingFrom: stored)
        // After a lost answer the row may be as wanted already.
        if differing.isEmpty { return .success(keys) }
        keys = differing
        if try await rows.updateMetadata(of: id, from: stored, to: wanted) { return .success(keys) }
        guard let row = try await rows.files(ids: [id]).first else {
          throw StorageError(.notFound, "its row went away meanwhile", hint: "run the same command again", retry: .soon)
        }
        stored = row.metadata
      }
      throw StorageError(
        .conflict, "another program keeps changing the metadata of row \(id)", hint: "run the same command again",
        retry: .soon)
    } catch {
      return .failure(error)
    }
  }
}
