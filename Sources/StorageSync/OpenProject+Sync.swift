public import StorageEngine
public import StorageModel
public import StorageRunning

extension OpenProject {
  /// Sends to Supabase what waits for this project in the local store of this machine; nothing does where nothing was ever
  /// kept.
  ///
  /// May be killed at any moment and run again. `report` is called for each thing when it is settled, in no promised order,
  /// never by two threads at once. Throws `.locked` while another process sends, `.damaged` when the local store is, and
  /// `.configuration` in the mode `local`. What ended it early is in the summary.
  public func sync(
    _ options: SyncOptions = SyncOptions(), stop: StopSignal = StopSignal(), meter: ProgressMeter = ProgressMeter(),
    report: @escaping @Sendable (SyncedItem) -> Void = { _ in }
  ) async throws(StorageError) -> SyncSummary {
    guard let outbox = try Outbox(of: self) else { return SyncSummary() }
    let lock = try outbox.lock()
    defer { withExtendedLifetime(lock) {} }
    return await outbox.send(options, stop: stop, meter: meter, report: report)
  }
}
