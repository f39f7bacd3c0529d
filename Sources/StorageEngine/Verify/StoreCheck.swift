internal import StorageFiles
internal import StorageModel
package import StorageRunning

/// Compares objects with rows, and with the sources they came from. Lists everything to its end and changes nothing,
/// unless it is to repair: then it adds what is missing and can be proved, and leaves alone what is there.
///
/// What does not fit is looked at once more, singly, before it is told: others store and delete meanwhile.
package struct StoreCheck: Sendable {
  let project: OpenProject
  let options: CheckOptions
  let stop: StopSignal
  let meter: ProgressMeter
  let proofs: ProofRecord

  package init(_ project: OpenProject, options: CheckOptions, stop: StopSignal, meter: ProgressMeter = ProgressMeter())
  {
    self.project = project.heeding(stop)
    self.options = options
    self.stop = stop
    self.meter = meter
    proofs = ProofRecord(of: project)
  }

  /// Compares all objects of the two buckets with all rows, and the files of the roots with both.
  ///
  /// `report` gets what was found of each, also of what is the same; never by two threads at once.
  package func run(
    _ roots: [MigrationRoot], report: @escaping @Sendable (CheckFinding) -> Void
  ) async -> CheckSummary {
    let start = ContinuousClock.now
    let requestsBefore = project.requestCount
    var tally = CheckTally(report)
    do throws(StorageError) {
      let index = try CheckIndex()
      try await list(into: index, &tally)
      try await compare(roots, index, &tally)
      try await comparePairs(index, &tally)
      try await compareStrays(index, &tally)
    } catch {
      tally.summary.endedBy = error
    }
    if stop.isRaised, tally.summary.endedBy.map({ $0.code == .interrupted }) ?? false {
      tally.summary.endedBy = StorageError(
        .interrupted, "interrupted before the end", hint: "run the same command again: it begins anew")
    }
    tally.summary.duration = start.duration(to: .now)
    tally.summary.requestCount = project.requestCount - requestsBefore
    return tally.summary
  }

  func checkStop() throws(StorageError) {
    if stop.isRaised { throw StorageError(.interrupted, "interrupted while comparing") }
  }
}

/// Counts findings and passes them on.
struct CheckTally {
  var summary = CheckSummary()
  private let report: @Sendable (CheckFinding) -> Void

  init(_ report: @escaping @Sendable (CheckFinding) -> Void) {
    self.report = report
  }

  /// Throws the finding's error when it says that looking at anything else is pointless.
  mutating func count(_ finding: CheckFinding) throws(StorageError) {
    if finding.kind == .unreadable, finding.path == nil, let error = finding.error, error.endsTheRun { throw error }
    summary.count(finding)
    report(finding)
  }
}
