public import StorageModel
public import StorageRunning

extension OpenProject {
  /// Stores every file of the directories: object, proof, row, and the link to its directory's conversation.
  ///
  /// May be killed at any moment and run again, on any machine: what is there already is found, never sent twice. `report`
  /// is called for each file when everything about it is committed, in no promised order, never by two threads at once.
  /// Throws `.configuration` when the state directory lies in one of the roots, and `.locked` while another run of this
  /// machine stores the same ones. What ended the run early is in the summary.
  public func migrate(
    _ roots: [MigrationRoot], _ options: MigrationOptions = MigrationOptions(), stop: StopSignal = StopSignal(),
    meter: ProgressMeter = ProgressMeter(), report: @escaping @Sendable (FileOutcome) -> Void = { _ in }
  ) async throws(StorageError) -> MigrationSummary {
    try checkApart(roots)
    let lock = try lock(roots)
    defer { withExtendedLifetime(lock) {} }
    return await Migration(self, options: options, stop: stop, meter: meter).run(roots, report: report)
  }

  /// What `migrate` would do; nothing is stored. Throws what it would throw, but never `.locked`.
  public func migrationPlan(
    _ roots: [MigrationRoot], _ options: MigrationOptions = MigrationOptions(), stop: StopSignal = StopSignal()
  ) async throws(StorageError) -> MigrationPlan {
    try checkApart(roots)
    return try await Migration(self, options: options, stop: stop, meter: ProgressMeter()).plan(roots)
  }
}
