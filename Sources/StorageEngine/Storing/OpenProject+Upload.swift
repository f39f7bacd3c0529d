public import StorageModel
public import StorageRunning
internal import Synchronization

extension OpenProject {
  /// Stores one file, or content that lies in no file: object, proof, row, and with a conversation its link.
  ///
  /// Sends nothing when everything is there already; then only its row's metadata may be changed, as `options` ask.
  /// - Returns: what became of it; what it failed with is in it.
  ///   Throws `.interrupted` when `stop` was raised or the task cancelled before anything was decided about it.
  public func upload(
    _ source: UploadSource, _ options: UploadOptions = UploadOptions(), stop: StopSignal = StopSignal()
  ) async throws(StorageError) -> FileOutcome {
    let outcomes = Mutex<[FileOutcome]>([])
    let summary = await upload([source], options, stop: stop) { outcome in
      outcomes.withLock { $0.append(outcome) }
    }
    if let outcome = outcomes.withLock({ $0.first }) { return outcome }
    throw summary.endedBy ?? StorageError(.configuration, "the directory holds no file to store")
  }

  /// Stores any number of files, directories and contents in one conversation, or in none.
  ///
  /// What is there already is found and not sent again. A file that fails does not end the run.
  /// `report` is called for each file when everything about it is committed, in no promised order, never by two threads
  /// at once. Raising `stop` ends the run early: what is under way is finished and reported, files of which nothing was
  /// done are not. `meter` counts how far the run is.
  public func upload(
    _ sources: [UploadSource], _ options: UploadOptions = UploadOptions(), stop: StopSignal = StopSignal(),
    meter: ProgressMeter = ProgressMeter(), report: @escaping @Sendable (FileOutcome) -> Void
  ) async -> MigrationSummary {
    let migration = Migration(
      self, options: MigrationOptions(type: options.type, jobs: options.jobs, verification: options.verification),
      stop: stop, meter: meter, deadline: options.deadline)
    guard let deadline = options.deadline else { return await migration.store(sources, options, report: report) }
    return await stop.raised(at: deadline) { await migration.store(sources, options, report: report) }
  }
}
