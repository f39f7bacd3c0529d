public import StorageModel
public import StorageRunning

extension OpenProject {
  /// Compares all objects of the two buckets with all rows, and the files of the directories with both.
  ///
  /// Changes nothing unless `options` say that it is to repair. `report` gets what was found of each, also of what is the
  /// same; never by two threads at once. Throws `.configuration` when the state directory lies in one of the roots. What
  /// ended it early is in the summary.
  public func verify(
    _ roots: [MigrationRoot] = [], _ options: CheckOptions = CheckOptions(), stop: StopSignal = StopSignal(),
    meter: ProgressMeter = ProgressMeter(), report: @escaping @Sendable (CheckFinding) -> Void
  ) async throws(StorageError) -> CheckSummary {
    try checkApart(roots)
    return await StoreCheck(self, options: options, stop: stop, meter: meter).run(roots, report: report)
  }
}
