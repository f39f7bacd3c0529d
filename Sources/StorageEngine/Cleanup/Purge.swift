internal import FoundationEssentials
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// Takes entries out of the trash for good: claims them, deletes their objects, proves that these are gone.
///
/// The database accepts no row on a claimed path. A minute after the claim whoever stores the file again may have the
/// path back, so what was claimed is deleted soon or not at all; an entry whose purge comes to no end is left to the next
/// cleanup.
struct Purge: Sendable {
  let project: OpenProject
  let run: UUID
  let log: RemovalLog
  /// Entries that are not that long in the trash stay.
  let age: Duration

  /// As many as are claimed and deleted together.
  static let batchSize = 100
  /// From the claim on; the database grants twice that.
  private static let timeToDelete = Duration.seconds(30)
  /// Questions at one time.
  private static let concurrency = 8

  /// Purges at most `batchSize` entries. An error is that of all of them, and none was deleted; those of single ones are
  /// in what is returned.
  func purge(_ objects: [ObjectAddress], kind: CleanupClass? = nil) async throws(StorageError) -> [Removal] {
    let start = ContinuousClock.now
    let claimed = try await project.trash.claim(objects, olderThan: age, run: run)
    for (rule, entries) in Dictionary(grouping: claimed, by: \.rule) {
      try await log.note(.purge, rule, entries.map { (Removal(.found, entry: $0), $0.file) })
    }
    CrashPoint.purgeClaimed.reached()
    var removals = kept(objects, besides: claimed, kind)
    for (bucket, entries) in Dictionary(grouping: claimed, by: \.object.bucket).sorted(by: { $0.key < $1.key }) {
      guard start.duration(to: .now) < Self.timeToDelete else {
        removals += entries.map { Removal(.failed, kind: kind, entry: $0, error: .claimedTooLongAgo) }
        continue
      }
      do throws(StorageError) {
        try await project.objects.delete(entries.map(\.object.key), in: bucket)
      } catch {
        removals += entries.map { Removal(.failed, kind: kind, entry: $0, error: error) }
        continue
      }
      CrashPoint.objectsDeleted.reached()
      let proved = await proved(entries, kind)
      removals += proved
      // Nothing comes late here. At Supabase the next cleanup ends it, as it does here should this fail.
      if project.backend == .local {
        _ = try? await project.trash.finish(proved.filter { $0.status == .purged }.map(\.object), run: run)
      }
    }
    return removals
  }

  /// The same for what somebody named, and wants gone for good: what nobody claimed and is still there failed.
  func purgeNamed(_ objects: [ObjectAddress]) async throws(StorageError) -> [Removal] {
    let removals = try await purge(objects)
    let kept = removals.filter { $0.status == .kept }.map(\.object)
    let answers = Dictionary(zip(kept, await areGone(kept)), uniquingKeysWith: { first, _ in first })
    return removals.map { removal in
      guard let answer = answers[removal.object] else { return removal }
      var removal = removal
      switch answer {
      case .success(true): removal.status = .purged
      case .success(false): (removal.status, removal.error) = (.failed, .notClaimed)
      case .failure(let error): (removal.status, removal.error) = (.failed, error)
      }
      return removal
    }
  }

  /// Purges all that is in the trash of these, in batches: what became of each, also where a batch failed.
  func purge(_ trashed: [Removal]) async -> [ObjectAddress: Removal] {
    var outcomes: [ObjectAddress: Removal] = [:]
    for batch in trashed.batches(of: Self.batchSize) {
      do throws(StorageError) {
        for removal in try await purgeNamed(batch.map(\.object)) { outcomes[removal.object] = removal }
      } catch {
        for var removal in batch {
          (removal.status, removal.error) = (.failed, error)
          outcomes[removal.object] = removal
        }
      }
    }
    return outcomes
  }

  /// Ends the purge of those that are gone already: what an earlier purge did not live to see.
  /// - Returns: also those that are still there, and what could not be asked about.
  func finish(
    _ objects: [ObjectAddress]
  ) async throws(StorageError) -> (ended: [ObjectAddress], rest: [ObjectAddress], failed: [ObjectAddress: StorageError])
  {
    var gone: [ObjectAddress] = []
    var failed: [ObjectAddress: StorageError] = [:]
    for (object, answer) in zip(objects, await areGone(objects)) {
      switch answer {
      case .success(true): gone.append(object)
      case .success(false): break
      case .failure(let error) where error.endsPurging: throw error
      case .failure(let error): failed[object] = error
      }
    }
    let ended = gone.isEmpty ? [] : try await project.trash.finish(gone, run: run)
    let left = Set(objects).subtracting(ended).subtracting(failed.keys)
    return (ended, objects.filter(left.contains), failed)
  }

  /// What was asked for and not claimed: restored, stored again, purged by somebody else, or too young.
  private func kept(
    _ objects: [ObjectAddress], besides claimed: [TrashEntry], _ kind: CleanupClass?
  ) -> [Removal] {
    let taken = Set(claimed.map(\.object))
    return objects.filter { !taken.contains($0) }.map { Removal(.kept, kind: kind, object: $0) }
  }

  private func proved(_ entries: [TrashEntry], _ kind: CleanupClass?) async -> [Removal] {
    zip(entries, await areGone(entries.map(\.object))).map { entry, answer in
      switch answer {
      case .success(true): Removal(.purged, kind: kind, entry: entry)
      case .success(false): Removal(.failed, kind: kind, entry: entry, error: .stillThere)
      case .failure(let error): Removal(.failed, kind: kind, entry: entry, error: error)
      }
    }
  }

  private func areGone(_ objects: [ObjectAddress]) async -> [Result<Bool, StorageError>] {
    await concurrently(objects, limit: Self.concurrency) { object in
      do throws(StorageError) {
        return .success(try await project.objects.isGone(object.key, in: object.bucket))
      } catch {
        return .failure(error)
      }
    }
  }
}

extension StorageError {
  /// Whether it will be the same with every other entry.
  var endsPurging: Bool { [.unreachable, .denied, .interrupted, .deadline].contains(code) }

  fileprivate static let stillThere = StorageError(
    .rejected, "the service said that it deleted the object, and it is still there",
    hint: "the next `supastore cleanup --apply` tries again", retry: .soon)

  fileprivate static let notClaimed = StorageError(
    .conflict, "its object is still there: another run is at it, or the file was restored or stored again",
    hint: "see `supastore trash list --all`, then run the same command again")

  fileprivate static let claimedTooLongAgo = StorageError(
    .deadline, "its object was not deleted: too much time went by since it was claimed",
    hint: "the next `supastore cleanup --apply` goes on", retry: .soon)
}
