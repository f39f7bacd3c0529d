internal import StorageFiles
package import StorageModel
internal import StoragePlaces
package import StorageRunning

/// Moves directory trees into a project: object, proof, row, link, for every file, in windows.
///
/// May be killed at any moment and run again, on any machine: what is there already is found, never sent twice.
package struct Migration: Sendable {
  let project: OpenProject
  let options: MigrationOptions
  let stop: StopSignal
  package let meter: ProgressMeter
  /// When `stop` will be raised; nil when nobody set a time.
  let deadline: ContinuousClock.Instant?
  /// Where what is stored waits to be sent, when that is not the place where it is wanted.
  let queue: (any Fallback)?

  package init(_ project: OpenProject, options: MigrationOptions, stop: StopSignal) {
    self.init(project, options: options, stop: stop, meter: ProgressMeter())
  }

  init(
    _ project: OpenProject, options: MigrationOptions, stop: StopSignal, meter: ProgressMeter,
    deadline: ContinuousClock.Instant? = nil, queue: (any Fallback)? = nil
  ) {
    self.project = project.heeding(stop)
    self.options = options
    self.stop = stop
    self.meter = meter
    self.deadline = deadline
    self.queue = queue
  }

  /// Stores every file of the roots.
  ///
  /// `report` is called for each file when everything about it is committed, in no promised order, never by two threads
  /// at once.
  package func run(
    _ roots: [MigrationRoot], report: @escaping @Sendable (FileOutcome) -> Void
  ) async -> MigrationSummary {
    var tally = RunTally(report: report, requestsBefore: project.requestCount)
    do throws(StorageError) {
      var (place, bucket) = try await reachable(&tally)
      for root in roots {
        let size = try await reader(root, to: bucket).measure(until: stop)
        meter.expect(fileCount: size.fileCount, byteCount: size.byteCount)
      }
      for root in roots where tally.summary.endedBy == nil && !stop.isRaised {
        let reader = try place.reader(root, to: bucket)
        (place, bucket) = await place.storing(reader, in: bucket, &tally) { place, tally throws(StorageError) in
          try await place.migrate(reader, tally)
        }
      }
    } catch {
      tally.summary.endedBy = error
    }
    return tally.finished(stop, requestCount: project.requestCount)
  }

  /// The bucket of this run's files as the service describes it.
  package func bucket() async throws(StorageError) -> StoredBucket {
    let name = options.type.bucket.name
    guard let bucket = try await project.objects.bucket(name) else {
      throw StorageError(.setup, "bucket \(name) does not exist", hint: "run `supastore setup`")
    }
    return bucket
  }

  func reader(_ root: MigrationRoot, to bucket: StoredBucket) throws(StorageError) -> SourceReader {
    try SourceReader(
      [.tree(root.source, options.patterns)],
      to: SourceReader.Destination(
        type: options.type, bucket: bucket, continuationID: root.continuationID,
        allowsSensitive: options.allowsSensitive, trustsListing: options.trustsListing),
      journal: project.journalPlace(), remembersProofs: project.backend == .supabase)
  }

  private func migrate(_ reader: SourceReader, _ tally: RunTally) async throws(StorageError) -> RunTally {
    let (conversation, isNew) = try await openConversation(of: reader)
    if !isNew { try await fillInventory(of: reader) }
    return await run(reader, in: conversation, .listed, tally)
  }

  /// The conversation of the reader's files, made if there is none; nil when they belong to none.
  package func openConversation(
    of reader: SourceReader
  ) async throws(StorageError) -> (conversation: Conversation?, isNew: Bool) {
    guard let continuationID = await reader.destination.continuationID else { return (nil, false) }
    let found = try await project.rows.createConversation(continuationID: continuationID, title: nil)
    // It may have been named by the id of its row, and a file's identity is made of the continuation id.
    await reader.file(under: found.conversation.continuationID)
    return found
  }
}

/// Counts outcomes and passes them on.
package struct RunTally {
  package var summary = MigrationSummary()
  /// Whether any file was stored, or found stored.
  var hadSuccess = false
  /// Files that failed only because the service is down: not passed on, as something may take its place.
  var unreached: [(file: MigratingFile, outcome: FileOutcome)] = []
  let report: @Sendable (FileOutcome) -> Void
  private let start = ContinuousClock.now
  private let requestsBefore: Int

  package init(report: @escaping @Sendable (FileOutcome) -> Void, requestsBefore: Int) {
    self.report = report
    self.requestsBefore = requestsBefore
  }

  mutating func count(_ outcome: FileOutcome) {
    summary.count(outcome)
    report(outcome)
  }

  /// The summary of a run that is over.
  func finished(_ stop: StopSignal, requestCount: Int) -> MigrationSummary {
    var summary = summary
    let isCut = summary.endedBy.map { $0.code == .interrupted } ?? true
    switch stop.reason {
    case .interrupted? where isCut:
      summary.endedBy = StorageError(
        .interrupted, "interrupted before the end", hint: "run the same command again: it continues")
    case .deadline? where isCut:
      // It may have come when everything was done.
      summary.endedBy = summary.failures[.deadline] == nil ? nil : .deadline
    case .interrupted?, .deadline?, nil: break
    }
    summary.duration = start.duration(to: .now)
    summary.requestCount = requestCount - requestsBefore
    return summary
  }
}
