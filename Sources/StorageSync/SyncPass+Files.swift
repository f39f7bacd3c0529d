internal import Glibc
internal import LocalPlace
internal import StorageEngine
internal import StorageFiles
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite
internal import Synchronization

extension SyncPass {
  /// Files of different conversations or types that are sent at one time.
  private static let groupLimit = 4

  /// What files are sent together by: it decides their bucket and their links.
  private struct Destination: Hashable {
    var type: FileType
    var continuationID: String?
  }

  mutating func sendFiles() async throws(StorageError) {
    var buckets: [String: StoredBucket] = [:]
    try await forEachPage(of: .file) { pass, items throws(StorageError) in
      let files = try await pass.outbox.store.queuedFiles(items.compactMap(\.change.fileID))
      var groups: [Destination: [(item: OutboxItem, file: QueuedFile)]] = [:]
      var results: [SyncedItem] = []
      for item in items {
        // One that was removed meanwhile has taken its item along.
        guard let id = item.change.fileID, let found = files[id] else { continue }
        guard let file = found else {
          // Its object's row is gone, which nothing but a damage explains.
          results.append(SyncedItem(item: item, error: .contentLost))
          continue
        }
        guard file.isWhole else {
          results.append(SyncedItem(item: item, error: .contradicted))
          continue
        }
        let destination = Destination(type: file.row.type, continuationID: file.row.metadata.continuationID)
        groups[destination, default: []].append((item, file))
      }
      for type in Set(groups.keys.map(\.type)) where buckets[type.bucket.name] == nil {
        buckets[type.bucket.name] = try await pass.migration(of: type, jobs: 1).bucket()
      }
      return results + (await pass.send(groups, to: buckets))
    }
  }

  private func send(
    _ groups: [Destination: [(item: OutboxItem, file: QueuedFile)]], to buckets: [String: StoredBucket]
  ) async -> [SyncedItem] {
    let jobs = max(1, options.jobs / max(1, min(groups.count, Self.groupLimit)))
    return await withTaskGroup(of: [SyncedItem].self) { group in
      var rest = Array(groups)[...]
      var results: [SyncedItem] = []
      var hasEnded = false
      var running = 0
      while true {
        while running < Self.groupLimit, !hasEnded, !stop.isRaised, let (destination, files) = rest.popFirst() {
          guard let bucket = buckets[destination.type.bucket.name] else { continue }
          group.addTask { await send(files, to: destination, bucket, jobs: jobs) }
          running += 1
        }
        guard let settled = await group.next() else { return results }
        running -= 1
        hasEnded = hasEnded || Self.end(of: settled) != nil
        results += settled
      }
    }
  }

  /// Sends files of one conversation through the engine that stores files of every kind. Those of which nothing was
  /// learnt are left out.
  private func send(
    _ items: [(item: OutboxItem, file: QueuedFile)], to destination: Destination, _ bucket: StoredBucket, jobs: Int
  ) async -> [SyncedItem] {
    let sources = items.map { $0.file.source(in: outbox.store.path) }
    let outcomes = Mutex<[FileID: FileOutcome]>([:])
    let tally = RunTally(
      report: { outcome in if let id = outcome.id { outcomes.withLock { $0[id] = outcome } } }, requestsBefore: 0)
    let end: StorageError?
    do throws(StorageError) {
      let migration = migration(of: destination.type, jobs: jobs)
      let reader = try SourceReader(
        sources.compactMap { source in if case .success(let file) = source { .file(file) } else { nil } },
        to: SourceReader.Destination(
          type: destination.type, bucket: bucket, continuationID: destination.continuationID, bringsRows: true),
        journal: project.journalPlace(), remembersProofs: true)
      end = try await migration.replay(reader, tally).summary.endedBy
    } catch {
      end = error
    }
    let settled = outcomes.withLock { $0 }
    return zip(items, sources).compactMap { item, source in
      let row = item.file.row
      defer { meter.settled(byteCount: row.byteCount ?? 0) }
      if case .failure(let error) = source { return SyncedItem(item: item.item, error: error) }
      if let outcome = settled[row.id] { return SyncedItem(item: item.item, error: outcome.error, file: outcome) }
      return end.map { SyncedItem(item: item.item, error: $0) }
    }
  }

  private func migration(of type: FileType, jobs: Int) -> Migration {
    Migration(
      project, options: MigrationOptions(type: type, jobs: jobs, verification: options.verification), stop: stop)
  }
}

extension Migration {
  /// Stores files that bring their rows.
  fileprivate func replay(_ reader: SourceReader, _ tally: RunTally) async throws(StorageError) -> RunTally {
    let (conversation, isNew) = try await openConversation(of: reader)
    return await run(reader, in: conversation, isNew ? .empty : .askedAbout, tally)
  }
}

extension QueuedFile {
  /// As something to send, from its blob in the local store at `path`; or why that cannot be read.
  fileprivate func source(in path: LocalPath) -> Result<MigratingFile, StorageError> {
    let blob = BlobDirectory.path(of: sha256, in: path)
    do throws(FileError) {
      let status = try SourceFile(at: blob).status
      return .success(
        MigratingFile(.blob(blob), name: row.localPath, label: row.localPath, status: status, queued: self))
    } catch {
      if case .failed(_, _, code: ENOENT) = error { return .failure(.contentLost) }
      return .failure(StorageError(error))
    }
  }
}

extension StorageError {
  fileprivate static let contradicted = StorageError(
    .integrity, "the local store's row of it tells another content than it has",
    hint: "run `supastore local recover`, then `supastore sync --retry-parked`")

  fileprivate static let contentLost = StorageError(
    .objectMissing, "the local store lost its content", hint: QueuedFile.remedy)
}

extension LocalStore {
  /// Of these files those that are there; nil for one whose object is not.
  fileprivate func queuedFiles(_ ids: [FileID]) throws(StorageError) -> [FileID: QueuedFile?] {
    try reading { tables throws(SQLiteError) in
      var files: [FileID: QueuedFile?] = [:]
      for row in try tables.files(ids: ids) {
        let object = try tables.object(row.storagePath, in: row.bucket)
        files[row.id] = .some(
          object.map { object in
            QueuedFile(
              row: row, sha256: object.sha256, isWhole: row.isOf(object.sha256, byteCount: object.byteCount))
          })
      }
      return files
    }
  }
}
