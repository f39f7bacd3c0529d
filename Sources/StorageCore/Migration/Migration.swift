/// Moves directory trees into a project: object, proof, row, link, for every file, in windows.
///
/// May be killed at any moment and run again, on any machine: what is there already is found, never sent twice.
public struct Migration: Sendable {
  public struct Options: Sendable {
    public var type: FileType
    public var patterns: PathPatterns
    /// Uploads at one time, at most.
    public var jobs: Int
    public var verification: Verification

    public init(
      type: FileType = .userUpload, patterns: PathPatterns = PathPatterns(), jobs: Int = 16,
      verification: Verification = .etag
    ) {
      self.type = type
      self.patterns = patterns
      self.jobs = jobs
      self.verification = verification
    }
  }

  let project: OpenProject
  let options: Options
  let stop: StopSignal
  public let meter = ProgressMeter()

  public init(_ project: OpenProject, options: Options, stop: StopSignal) {
    self.project = project.heeding(stop)
    self.options = options
    self.stop = stop
  }

  /// Stores every file of the roots.
  ///
  /// `report` is called for each file when everything about it is committed, in no promised order, never by two threads
  /// at once.
  public func run(
    _ roots: [MigrationRoot], report: @escaping @Sendable (FileOutcome) -> Void
  ) async -> MigrationSummary {
    let clock = ContinuousClock()
    let start = clock.now
    let requestsBefore = project.requestCount
    var tally = Tally(report: report)
    do throws(StorageError) {
      let bucket = try await self.bucket()
      for root in roots {
        let size = try await reader(root, to: bucket).measure(until: stop)
        meter.expect(fileCount: size.fileCount, byteCount: size.byteCount)
      }
      for root in roots where tally.summary.endedBy == nil && !stop.isRaised {
        try await migrate(root, to: bucket, &tally)
      }
    } catch {
      tally.summary.endedBy = error
    }
    if stop.isRaised, tally.summary.endedBy.map({ $0.code == .interrupted }) ?? true {
      tally.summary.endedBy = StorageError(
        .interrupted, "interrupted before the end", hint: "run the same command again: it continues")
    }
    tally.summary.duration = start.duration(to: clock.now)
    tally.summary.requestCount = project.requestCount - requestsBefore
    return tally.summary
  }

  /// The bucket of this run's files as the service describes it.
  func bucket() async throws(StorageError) -> StoredBucket {
    let name = options.type.bucket.name
    guard let bucket = try await project.objects.bucket(name) else {
      throw StorageError(.setup, "bucket \(name) does not exist", hint: "run `supastore setup`")
    }
    return bucket
  }

  func reader(_ root: MigrationRoot, to bucket: StoredBucket) throws(StorageError) -> SourceReader {
    try SourceReader(
      root.source, patterns: options.patterns,
      to: SourceReader.Destination(type: options.type, bucket: bucket, continuationID: root.continuationID),
      journal: project.journalPlace)
  }

  func settler(_ reader: SourceReader, continuationID: String?) -> WindowSettler {
    WindowSettler(
      reader: reader, objects: project.objects, rows: project.rows, bucket: options.type.bucket.name,
      continuationID: continuationID, verification: options.verification,
      readBack: ReadBack(objects: project.objects, directory: project.journalPlace.directory))
  }

  private func migrate(
    _ root: MigrationRoot, to bucket: StoredBucket, _ tally: inout Tally
  ) async throws(StorageError) {
    var root = root
    var conversation: Conversation?
    var isNew = false
    if let continuationID = root.continuationID {
      let found = try await project.rows.createConversation(continuationID: continuationID, title: nil)
      (conversation, isNew) = (found.conversation, found.isNew)
      root.continuationID = found.conversation.continuationID
    }
    let reader = try reader(root, to: bucket)
    if !isNew { try await fillInventory(of: reader, root) }
    let lane = project.objects.uploads()
    meter.watch(lane)
    let sender = WindowSender(
      reader, lane: lane, jobs: options.jobs, retrier: project.retrier, stop: stop, meter: meter)
    let settler = settler(reader, continuationID: root.continuationID)
    tally = await stop.withReaction {
      lane.cancelAll()
    } _: {
      await withTaskCancellationHandler {
        await run(reader, sender, settler, conversation, tally)
      } onCancel: {
        stop.raise()
      }
    }
  }

  /// The pipeline: while one window is settled, the next is hashed and sent.
  private func run(
    _ reader: SourceReader, _ sender: WindowSender, _ settler: WindowSettler, _ conversation: Conversation?,
    _ tally: Tally
  ) async -> Tally {
    var sender = sender
    var tally = tally
    var conversation = conversation
    var links = LinkInventory(project.rows)
    return await withTaskGroup(of: (MigrationWindow, Conversation?).self) { settling in
      while !stop.isRaised, tally.summary.endedBy == nil {
        let (window, passedOver) = await reader.nextWindow()
        passedOver.forEach { tally.count($0) }
        guard !window.files.isEmpty else {
          if passedOver.isEmpty { break }
          continue
        }
        let sent = await links.mark(sender.send(window), reader, conversation)
        if let settled = await settling.next() { (conversation, tally) = await absorb(settled, reader, tally) }
        settling.addTask { [conversation] in await settler.settle(sent, in: conversation) }
        if sent.end != nil { break }
      }
      while let settled = await settling.next() { (conversation, tally) = await absorb(settled, reader, tally) }
      return tally
    }
  }

  /// Notes what a window that is done brought, then reports its files.
  private func absorb(
    _ settled: (window: MigrationWindow, conversation: Conversation?), _ reader: SourceReader, _ tally: Tally
  ) async -> (Conversation?, Tally) {
    var tally = tally
    do throws(StorageError) {
      try await reader.recordDigests()
    } catch {
      tally.summary.endedBy = error
    }
    for outcome in await reader.outcomes(of: settled.window, in: settled.conversation) { tally.count(outcome) }
    tally.summary.sentByteCount += settled.window.files.reduce(0) { $0 + $1.sentByteCount }
    if tally.summary.endedBy == nil { tally.summary.endedBy = settled.window.endOfRun(hadSuccess: tally.hadSuccess) }
    tally.hadSuccess = tally.hadSuccess || settled.window.files.contains(where: \.isComplete)
    return (settled.conversation, tally)
  }

  /// Asks what the service holds of the root's conversation: rows and objects, in pages of a thousand.
  func fillInventory(of reader: SourceReader, _ root: MigrationRoot) async throws(StorageError) {
    let prefix = ObjectPath.prefix(type: options.type, continuationID: root.continuationID)
    let query = FileQuery(pathPrefix: prefix)
    var after: PageCursor?
    while true {
      try checkStop()
      let page = try await project.rows.files(matching: query, after: after)
      try await reader.note(page.elements)
      guard !page.isLast, let last = page.elements.last else { break }
      after = PageCursor(after: last, in: query.order)
    }
    var key: String?
    while true {
      try checkStop()
      let page = try await project.objects.objects(in: options.type.bucket.name, prefix: prefix, after: key)
      try await reader.note(page.objects)
      guard !page.isLast, let last = page.objects.last else { break }
      key = last.key
    }
  }

  private func checkStop() throws(StorageError) {
    if stop.isRaised { throw StorageError(.interrupted, "interrupted while asking what is stored") }
  }
}

/// Counts outcomes and passes them on.
private struct Tally {
  var summary = MigrationSummary()
  /// Whether any file was stored, or found stored.
  var hadSuccess = false
  let report: @Sendable (FileOutcome) -> Void

  mutating func count(_ outcome: FileOutcome) {
    summary.count(outcome)
    report(outcome)
  }
}
