package import FoundationEssentials
package import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// Takes files away that somebody named: into the trash, and out of it at once where that is asked for.
///
/// What waits in the local store to be sent is taken away there as well, so that no later `sync` brings it back.
package struct Deletion: Sendable {
  let project: OpenProject
  /// Also files that are linked to more than one conversation.
  let everywhere: Bool
  /// Whether they leave the trash at once.
  let purgesAtOnce: Bool
  package let run = UUID()

  private static let batchSize = 500

  package init(_ project: OpenProject, everywhere: Bool = false, purgingAtOnce purgesAtOnce: Bool = false) {
    self.project = project
    self.everywhere = everywhere
    self.purgesAtOnce = purgesAtOnce
  }

  // MARK: files

  /// What would become of each of the files, in the order in which they were named: `found`, `already_absent`, or
  /// `failed` where a safeguard refuses.
  package func preview(_ files: [FileReference]) async throws(StorageError) -> [Removal] {
    let named = try await find(files)
    return files.unique.map { named.preview(of: $0, everywhere: everywhere) }
  }

  /// Deletes the files. Those that are not there any more are no failure; one that fails stops none of the others.
  /// - Returns: what became of each, in the order in which they were named.
  package func delete(_ files: [FileReference]) async throws(StorageError) -> [Removal] {
    let named = try await find(files)
    var outcomes: [FileReference: Removal] = [:]
    for file in files.unique { outcomes[file] = named.preview(of: file, everywhere: everywhere) }
    let found = files.unique.filter { outcomes[$0]?.status == .found }
    let here = found.filter { named.rows[$0] != nil }
    let trashing = Trashing(
      place: project, run: run, linkLimit: everywhere ? nil : 1, log: try project.removalLog(of: run))
    for batch in here.batches(of: Self.batchSize) {
      let rows = batch.compactMap { reference in named.rows[reference].map { (reference, $0) } }
      do throws(StorageError) {
        for (reference, removal) in try await trashing.trash(rows, named.linkCounts) { outcomes[reference] = removal }
      } catch {
        // What was done is told.
        guard outcomes.values.contains(where: { $0.status == .trashed }) else { throw error }
        for (reference, row) in rows { outcomes[reference] = Removal(.failed, row, error: error) }
      }
    }
    if let waiting = named.waiting {
      // One that could not be deleted at Supabase is not taken away here either.
      let rows = found.filter { outcomes[$0]?.status != .failed }
        .compactMap { reference in waiting.rows[reference].map { (reference, $0) } }
      do throws(StorageError) {
        for (reference, removal) in try await trashWaiting(rows, named.linkCounts, in: waiting.project)
        where outcomes[reference]?.status == .found { outcomes[reference] = removal }
      } catch {
        try tell(error, of: rows.map(\.0), &outcomes)
      }
    }
    if purgesAtOnce, named.outage == nil {
      do throws(StorageError) {
        try await purge(files.unique, &outcomes)
      } catch {
        try tell(error, of: files.unique.filter { outcomes[$0]?.status == .trashed }, &outcomes)
      }
    }
    return files.unique.compactMap { outcomes[$0] }
  }

  /// Notes an error as that of these files, so that what was trashed before is told. Throws it when nothing was.
  private func tell(
    _ error: StorageError, of files: [FileReference], _ outcomes: inout [FileReference: Removal]
  ) throws(StorageError) {
    guard outcomes.values.contains(where: { $0.status == .trashed }) else { throw error }
    for file in files {
      guard var removal = outcomes[file] else { continue }
      if removal.status == .trashed {
        removal.error = error.after("it is in the trash, but not taken out of it or from what waits here")
      } else {
        removal.error = error
      }
      removal.status = .failed
      outcomes[file] = removal
    }
  }

  /// Trashes what waits in the local store for this project. What waits for others as well only waits for this one no
  /// longer.
  func trashWaiting(
    _ files: [(FileReference, FileRow)], _ linkCounts: [FileID: Int], in local: OpenProject
  ) async throws(StorageError) -> [(FileReference, Removal)] {
    guard let fallback = project.fallback, !files.isEmpty else { return [] }
    let kept = try await fallback.withdraw(files.map(\.1.id))
    let log = try project.removalLog(of: run)
    let trashing = Trashing(place: local, run: run, linkLimit: everywhere ? nil : 1, log: log)
    var outcomes = try await trashing.trash(files.filter { !kept.contains($0.1.id) }, linkCounts)
    outcomes += files.filter { kept.contains($0.1.id) }.map { ($0.0, Removal(.absent, $0.1)) }
    guard purgesAtOnce else { return outcomes }
    let purge = Purge(project: local, run: run, log: log, age: .zero)
    let purged = await purge.purge(outcomes.map(\.1).filter { $0.status == .trashed })
    return outcomes.map { ($0, purged[$1.object] ?? $1) }
  }

  /// Those of the files that are in the trash already, from where a deletion for good takes them, too.
  package func inTrash(_ files: [FileReference]) async throws(StorageError) -> [TrashEntry] {
    Array(try await entries(of: files.unique).values)
  }

  private func entries(of files: [FileReference]) async throws(StorageError) -> [FileReference: TrashEntry] {
    do throws(StorageError) {
      return try await project.trash.entries(of: files)
    } catch {
      guard error.cause == .withoutTrash else { throw error }
      return [:]
    }
  }

  /// What was trashed now leaves the trash, and so does what was there already.
  private func purge(
    _ files: [FileReference], _ outcomes: inout [FileReference: Removal]
  ) async throws(StorageError) {
    let purge = Purge(project: project, run: run, log: try project.removalLog(of: run), age: .zero)
    let inTrash = try await entries(of: files.filter { outcomes[$0]?.status != .failed })
    var trashed = inTrash.mapValues { Removal(.trashed, entry: $0) }
    // Also what has left the trash again by now: it was to be gone for good.
    trashed.merge(outcomes.filter { $0.value.status == .trashed }) { entry, _ in entry }
    // One may be named by its id and by its path.
    let unique = Dictionary(trashed.values.map { ($0.object, $0) }, uniquingKeysWith: { first, _ in first })
    let purged = await purge.purge(Array(unique.values))
    for (reference, var removal) in trashed {
      guard let end = purged[removal.object] else { continue }
      (removal.status, removal.error) = (end.status, end.error)
      outcomes[reference] = removal
    }
  }

  private func find(_ files: [FileReference]) async throws(StorageError) -> NamedFiles {
    var named = NamedFiles()
    do throws(StorageError) {
      try await project.rows.find(files.unique, into: &named.rows)
      named.linkCounts = try await project.rows.linkCounts(of: named.rows.values.map(\.id))
    } catch {
      guard project.fallback != nil, OpenProject.isOutage(error) else { throw error }
      named.outage = error
    }
    named.waiting = try await project.fallback?.waiting(files)
    if let (rows, local) = named.waiting {
      for (id, count) in try await local.rows.linkCounts(of: rows.values.map(\.id)) {
        named.linkCounts[id] = max(count, named.linkCounts[id] ?? 0)
      }
    } else if let outage = named.outage {
      throw outage
    }
    return named
  }
}

/// The rows of files that somebody named, here and among those that wait in the local store.
private struct NamedFiles: Sendable {
  var rows: [FileReference: FileRow] = [:]
  var waiting: (rows: [FileReference: FileRow], project: OpenProject)?
  var linkCounts: [FileID: Int] = [:]
  /// What kept the service from being asked.
  var outage: StorageError?

  func preview(of file: FileReference, everywhere: Bool) -> Removal {
    guard let row = rows[file] ?? waiting?.rows[file] else {
      var address = ObjectAddress(bucket: "", key: "")
      var id: FileID?
      switch file {
      case .id(let named): id = named
      case .storagePath(let path): address.key = path
      }
      guard let outage else { return Removal(.absent, object: address, fileID: id) }
      return Removal(.failed, object: address, fileID: id, error: outage)
    }
    let count = linkCounts[row.id] ?? 0
    if !everywhere, count > 1 {
      return Removal(.failed, row, linkCount: count, error: .linkedElsewhere(row.id, count))
    }
    return Removal(.found, row, linkCount: count)
  }
}

/// Moves rows that somebody named into the trash of one place.
struct Trashing: Sendable {
  let place: OpenProject
  let run: UUID
  let linkLimit: Int?
  let log: RemovalLog

  func trash(
    _ files: [(FileReference, FileRow)], _ linkCounts: [FileID: Int]
  ) async throws(StorageError) -> [(FileReference, Removal)] {
    try await log.note(
      .trash, .deleted,
      files.map { file in (Removal(.found, file.1, linkCount: linkCounts[file.1.id] ?? 0), file.1.json) })
    CrashPoint.removalNoted.reached()
    let entries: [TrashEntry]
    do throws(StorageError) {
      entries = try await place.trash.trash(files.map(\.1.id), linkedAtMost: linkLimit, run: run)
    } catch {
      throw error.cause == .withoutTrash ? .notInstalled : error
    }
    CrashPoint.entriesTrashed.reached()
    let trashed = Dictionary(entries.compactMap { entry in entry.fileID.map { ($0, entry) } }) { first, _ in first }
    let left = files.map(\.1.id).filter { trashed[$0] == nil }
    // What was not trashed went away meanwhile, or was linked to something meanwhile.
    let there = left.isEmpty ? [] : Set(try await place.rows.files(ids: left).map(\.id))
    return files.map { reference, row in
      if let entry = trashed[row.id] { return (reference, Removal(.trashed, entry: entry)) }
      guard there.contains(row.id) else { return (reference, Removal(.absent, row)) }
      return (reference, Removal(.failed, row, error: .linkedElsewhere(row.id, nil)))
    }
  }
}

extension StorageError {
  fileprivate static func linkedElsewhere(_ id: FileID, _ count: Int?) -> StorageError {
    .refused(
      by: .linkedElsewhere, "file \(id) is linked to \(count.map(String.init) ?? "several") conversations",
      hint: "take it out of one with `supastore unlink`, or delete it --everywhere")
  }
}

extension StorageError {
  /// The error, with what was done before it in front.
  fileprivate func after(_ done: String) -> StorageError {
    var error = self
    error.message = "\(done): \(message)"
    return error
  }
}
