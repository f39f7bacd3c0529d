internal import FoundationEssentials
internal import StorageModel
internal import StoragePlaces
package import StorageRunning

/// Removes what nobody wants any more: into the trash first, and out of the trash after a long time.
///
/// The database decides about each thing at the moment it is removed; what is listed here are candidates. Everything is
/// listed before anything is removed, and kept in memory as far as the limits allow it to be removed. May be killed at
/// any moment: what it leaves half done, the next run ends.
package struct Cleanup: Sendable {
  let project: OpenProject
  let options: CleanupOptions
  let stop: StopSignal
  let run = UUID()

  /// As many as one request lists.
  private static let pageSize = 1000

  package init(_ project: OpenProject, _ options: CleanupOptions, stop: StopSignal) {
    self.project = project.heeding(stop)
    self.options = options
    self.stop = stop
  }

  /// Looks, and with `applying` removes. `report` is called for each thing once it is known what becomes of it.
  package func run(applying: Bool, report: @escaping @Sendable (Removal) -> Void) async -> CleanupSummary {
    guard let deadline = options.deadline else { return await runToTheEnd(applying, report) }
    return await stop.raised(at: deadline) { await runToTheEnd(applying, report) }
  }

  private func runToTheEnd(_ applying: Bool, _ report: @escaping @Sendable (Removal) -> Void) async -> CleanupSummary {
    let start = ContinuousClock.now
    let requestsBefore = project.requestCount
    var pass = CleanupPass(self, CleanupSummary(run: run, applies: applying), report)
    do throws(StorageError) {
      try await pass.run()
    } catch {
      pass.summary.endedBy = stop.isRaised ? .stopped(by: stop) : error
    }
    if let end = pass.summary.endedBy, end.safeguard != nil,
      !pass.summary.refusals.contains(where: { $0.safeguard == end.safeguard })
    {
      pass.summary.refusals.append(end)
    }
    var summary = pass.summary
    summary.duration = start.duration(to: .now)
    summary.requestCount = project.requestCount - requestsBefore
    return summary
  }

  /// The next candidates of a class, page after page.
  func forEachCandidate(
    of kind: CleanupClass, _ body: (CleanupCandidate) -> Void
  ) async throws(StorageError) {
    var last: ObjectAddress?
    var trail = PageTrail<ObjectAddress>()
    while true {
      if stop.isRaised { throw .stopped(by: stop) }
      let page = try await project.trash.candidates(
        kind, olderThan: options.age(of: kind), after: last, limit: Self.pageSize)
      page.forEach(body)
      guard page.count == Self.pageSize, let end = page.last?.object else { return }
      try trail.step(to: end)
      last = end
    }
  }
}

extension StorageError {
  /// Why a run ended before its end.
  static func stopped(by stop: StopSignal) -> StorageError {
    if stop.reason == .deadline {
      return StorageError(
        .deadline, "the time limit was reached before everything was done",
        hint: "the next run goes on", retry: .soon)
    }
    return StorageError(.interrupted, "interrupted before the end", hint: "run the same command again: it continues")
  }
}
