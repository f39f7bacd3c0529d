internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// One cleanup under way.
struct CleanupPass {
  private let cleanup: Cleanup
  private let report: @Sendable (Removal) -> Void
  var summary: CleanupSummary
  /// What is to be removed, as long as there is no more of it than may be.
  private var found: [CleanupClass: [CleanupCandidate]] = [:]
  /// Each file is one thing, whatever it is found as.
  private var seen: Set<FileID> = []

  private static let batchSize = 100

  init(_ cleanup: Cleanup, _ summary: CleanupSummary, _ report: @escaping @Sendable (Removal) -> Void) {
    self.cleanup = cleanup
    self.summary = summary
    self.report = report
  }

  mutating func run() async throws(StorageError) {
    do throws(StorageError) {
      summary.survey = try await cleanup.project.trash.survey(
        grace: cleanup.options.grace, purgeAfter: cleanup.options.purgeAfter)
    } catch {
      guard error.cause == .withoutTrash else { throw error }
      return try await reportWithoutTrash()
    }
    do throws(StorageError) {
      for kind in cleanup.options.classes { try await find(kind) }
    } catch {
      if cleanup.stop.isRaised { throw error }
      guard summary.applies else { throw error }
      throw .refused(by: .scan, "not everything could be looked at: \(error.message)", hint: error.hint)
    }
    if let survey = summary.survey {
      summary.refusals = survey.refusals + survey.refusals(of: amounts(by: survey), cleanup.options.limits)
    }
    guard summary.applies else { return }
    if let refusal = summary.refusals.first { throw refusal }
    try await remove()
  }

  // MARK: looking

  private mutating func find(_ kind: CleanupClass) async throws(StorageError) {
    let limit = cleanup.options.limits.count
    try await cleanup.forEachCandidate(of: kind) { candidate in
      if [.orphan, .expired].contains(kind), let id = candidate.fileID, !seen.insert(id).inserted { return }
      let isRemoved = kind != .missing
      summary.found[kind, default: CleanupAmount()].add(candidate.byteCount)
      if !isRemoved || !summary.applies {
        tell(Removal(isRemoved ? .found : .reported, kind, candidate))
      } else if found[kind, default: []].count < limit {
        found[kind, default: []].append(candidate)
      }
    }
  }

  /// What is measured by the limits: as much as was counted, should the list have ended too early.
  private func amounts(by survey: CleanupSurvey) -> [CleanupClass: CleanupAmount] {
    var amounts = summary.found
    for kind in cleanup.options.classes {
      var counted = survey.amounts[kind] ?? CleanupAmount()
      if kind == .expired, let orphans = survey.amounts[.orphan] {
        // Those that are both are listed as orphans.
        counted.count -= orphans.count
        counted.byteCount.subtract(orphans.byteCount)
      }
      let listed = amounts[kind] ?? CleanupAmount()
      amounts[kind] = CleanupAmount(
        count: max(listed.count, counted.count), byteCount: max(listed.byteCount, counted.byteCount))
    }
    return amounts
  }

  /// The tables of the first phase show which files have no link. Whether that is a reason to remove them only the
  /// functions can decide.
  private mutating func reportWithoutTrash() async throws(StorageError) {
    summary.refusals = [.notInstalled]
    let now = cleanup.project.time ?? .now
    var query = FileQuery(createdUntil: now.adding(.zero - cleanup.options.grace), order: .path)
    query.isUnlinked = true
    var cursor: PageCursor?
    var trail = PageTrail<PageCursor>()
    while true {
      if cleanup.stop.isRaised { throw .stopped(by: cleanup.stop) }
      let page = try await cleanup.project.rows.files(matching: query, after: cursor)
      for row in page.elements {
        summary.found[.orphan, default: CleanupAmount()].add(row.byteCount)
        var removal = Removal(.found, row)
        removal.kind = .orphan
        tell(removal)
      }
      guard !page.isLast, let last = page.elements.last else { break }
      let next = PageCursor(after: last, in: query.order)
      try trail.step(to: next)
      cursor = next
    }
    if summary.applies { throw .notInstalled }
  }

  private mutating func tell(_ removal: Removal) {
    summary.count(removal)
    report(removal)
  }

  // MARK: removing

  private mutating func remove() async throws(StorageError) {
    let log = try cleanup.project.removalLog(of: cleanup.run)
    for (kind, rule) in [(CleanupClass.orphan, TrashRule.orphan), (.expired, .expired), (.object, .object)] {
      for batch in (found[kind] ?? []).batches(of: Self.batchSize) {
        if cleanup.stop.isRaised { throw .stopped(by: cleanup.stop) }
        try await trash(Array(batch), kind, by: rule, log)
      }
    }
    let purge = Purge(project: cleanup.project, run: cleanup.run, log: log, age: cleanup.options.purgeAfter)
    var due = (found[.purge] ?? []).map(\.object)
    var unfinished: Set<ObjectAddress> = []
    for batch in (found[.unfinished] ?? []).batches(of: Self.batchSize) {
      if cleanup.stop.isRaised { throw .stopped(by: cleanup.stop) }
      let (ended, rest, failed) = try await purge.finish(batch.map(\.object))
      let isEnded = Set(ended)
      for candidate in batch {
        if isEnded.contains(candidate.object) { tell(Removal(.purged, .unfinished, candidate)) }
        if let error = failed[candidate.object] { tell(Removal(.failed, .unfinished, candidate, error: error)) }
      }
      due += rest
      unfinished.formUnion(rest)
    }
    for batch in due.batches(of: Purge.batchSize) {
      if cleanup.stop.isRaised { throw .stopped(by: cleanup.stop) }
      let removals = try await purge.purge(Array(batch), kind: .purge)
      for var removal in removals {
        if unfinished.contains(removal.object) { removal.kind = .unfinished }
        tell(removal)
      }
      if let end = removals.lazy.compactMap(\.error).first(where: \.endsPurging) { throw end }
    }
  }

  private mutating func trash(
    _ candidates: [CleanupCandidate], _ kind: CleanupClass, by rule: TrashRule, _ log: RemovalLog
  ) async throws(StorageError) {
    let (trash, run, grace) = (cleanup.project.trash, cleanup.run, cleanup.options.grace)
    let files = candidates.compactMap(\.fileID)
    try await log.note(.trash, rule, candidates.map { (Removal(.found, kind, $0), $0.file) })
    CrashPoint.removalNoted.reached()
    let entries =
      switch kind {
      case .orphan: try await trash.trashOrphans(files, olderThan: grace, run: run)
      case .expired: try await trash.trashExpired(files, run: run)
      default: try await trash.trash(candidates.map(\.object), olderThan: grace, run: run)
      }
    CrashPoint.entriesTrashed.reached()
    let trashed = Set(entries.map(\.object))
    for candidate in candidates {
      tell(Removal(trashed.contains(candidate.object) ? .trashed : .kept, kind, candidate))
    }
  }
}
