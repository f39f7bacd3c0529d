internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

extension WindowSettler {
  /// Commits the rows of the files whose objects are proved.
  func record(_ window: inout MigrationWindow) async {
    let missing = window.indices { $0.isProved && !$0.record.isThere }
    await insert(missing[...], &window)
  }

  /// Inserts the rows of these files. A batch that is refused is halved down to the row that is to blame.
  private func insert(_ indices: ArraySlice<Int>, _ window: inout MigrationWindow) async {
    guard !indices.isEmpty else { return }
    let inserted: Set<FileID>
    do throws(StorageError) {
      inserted = try await rows.insert(indices.compactMap { window.files[$0].row })
    } catch {
      return await insertRest(of: indices, after: error, &window)
    }
    var taken: [Int] = []
    for index in indices {
      if let id = window.files[index].row?.id, inserted.contains(id) {
        window.files[index].record = .there(wasBefore: false, outdated: nil)
      } else {
        taken.append(index)
      }
    }
    do throws(StorageError) {
      try await adopt(taken, &window)
    } catch {
      window.fail(taken, error)
    }
  }

  private func insertRest(
    of indices: ArraySlice<Int>, after error: StorageError, _ window: inout MigrationWindow
  ) async {
    if error.code == .purging { return await insertBesidePurge(indices, after: error, &window) }
    guard indices.count > 1 || error.code == .conflict, !error.endsTheRun, !error.isRetryable else {
      return window.fail(indices, error)
    }
    if error.code == .conflict {
      // A path that is taken is no conflict, so an id is: of a file that somebody stored at this moment, or as another
      // type.
      let rest = await withoutTakenIDs(indices, &window)
      if rest.count < indices.count { return await insert(rest[...], &window) }
    }
    guard indices.count > 1 else { return window.fail(indices, error) }
    let middle = indices.startIndex + indices.count / 2
    await insert(indices[..<middle], &window)
    await insert(indices[middle...], &window)
  }

  /// Takes the rows that are there by now for those of their files, fails the files whose rows stand on other paths, and
  /// returns the others.
  private func withoutTakenIDs(_ indices: ArraySlice<Int>, _ window: inout MigrationWindow) async -> [Int] {
    do throws(StorageError) {
      let found = try await rows.files(ids: indices.compactMap { window.files[$0].row?.id })
      window.fail(indices, storedElsewhereBy: found)
      let holders = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
      for index in indices where window.files[index].error == nil {
        guard let id = window.files[index].row?.id, let holder = holders[id] else { continue }
        adopt(holder, &window.files[index])
      }
    } catch {
      window.fail(indices, error)
    }
    return indices.filter { window.files[$0].error == nil && !window.files[$0].record.isThere }
  }

  /// Takes a row that is there for that of a file.
  private func adopt(_ holder: FileRow, _ file: inout MigratingFile) {
    file.record = .there(wasBefore: false, outdated: holder.metadata)
    if let mediaType = holder.mediaType { file.row?.mediaType = mediaType }
  }

  /// Paths that were taken: by the same file stored before, or by something else.
  private func adopt(_ indices: [Int], _ window: inout MigrationWindow) async throws(StorageError) {
    guard !indices.isEmpty else { return }
    var vanished: [Int] = []
    let found = try await rows.files(storagePaths: indices.compactMap { window.files[$0].row?.storagePath })
    let holders = Dictionary(found.map { ($0.storagePath, $0) }, uniquingKeysWith: { first, _ in first })
    for index in indices {
      guard let row = window.files[index].row else { continue }
      switch holders[row.storagePath] {
      case let holder? where holder.id == row.id:
        adopt(holder, &window.files[index])
      case let other?:
        window.files[index].fail(
          isOnOwnPath(window.files[index])
            ? .pathTaken(row.storagePath, by: other.id) : .otherContent(on: row.storagePath))
      case nil: vanished.append(index)
      }
    }
    // A row was on the path, and somebody took it away before it was looked at.
    let error = StorageError(
      .rejected, "the row was neither inserted nor is it there", hint: "run the same command again", retry: .soon)
    await comeBack(vanished, after: error, &window)
  }

  // MARK: paths that are, or were, in the trash

  /// Before each try but the first. Together more than the minute for which no row is accepted on a path after the last
  /// deletion of its object began.
  private static let comebackPauses: [Duration] = [1, 2, 4, 8, 16, 16, 16].map { .seconds($0) }

  /// Of some of these files the object is being purged, or was: they wait, the others do not.
  private func insertBesidePurge(
    _ indices: ArraySlice<Int>, after error: StorageError, _ window: inout MigrationWindow
  ) async {
    let paths = Set(indices.compactMap { window.files[$0].row?.storagePath })
    do throws(StorageError) {
      let held = Set(
        try await trash.entries(of: paths.map { .storagePath($0) }, states: [.purging, .purged]).values.map(
          \.object.key))
      var (waiting, free): ([Int], [Int]) = ([], [])
      for index in indices {
        let isHeld = window.files[index].row.map { held.contains($0.storagePath) } ?? false
        if isHeld { waiting.append(index) } else { free.append(index) }
      }
      if waiting.isEmpty {
        // It is over by now.
        await comeBack(indices, after: error, &window)
      } else {
        await insert(free[...], &window)
        await comeBack(waiting, after: error, &window)
      }
    } catch {
      window.fail(indices, error)
    }
  }

  /// Looks for the objects again, sends those that are gone, and inserts the rows again: at first at once.
  private func comeBack(
    _ indices: some Sequence<Int>, after error: StorageError, _ window: inout MigrationWindow
  ) async {
    var again: [Int] = []
    for index in indices {
      window.files[index].setbacks.comebacks += 1
      if window.files[index].setbacks.comebacks > Self.comebackPauses.count + 1 {
        window.files[index].fail(error)
      } else {
        again.append(index)
      }
    }
    guard let tries = again.map({ window.files[$0].setbacks.comebacks }).max() else { return }
    if tries > 1, await !stop.sleep(for: Self.comebackPauses[tries - 2]) {
      return window.fail(again, .stopped(by: stop))
    }
    for index in again { window.files[index].forgetProof() }
    await prove(&window)
    await insert(again.filter { window.files[$0].isProved && window.files[$0].error == nil }[...], &window)
  }
}
