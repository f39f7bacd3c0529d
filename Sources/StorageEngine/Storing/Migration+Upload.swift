internal import StorageFormats
internal import StorageModel
internal import StorageRunning

extension Migration {
  /// Windows whose files are named, at the end of a run that ended early, as those that failed; the others are counted.
  private static let namedWindowLimit = 20

  /// Stores what was named, all of it in one destination and through the same windows.
  func store(
    _ sources: [UploadSource], _ options: UploadOptions, report: @escaping @Sendable (FileOutcome) -> Void
  ) async -> MigrationSummary {
    var tally = RunTally(report: report, requestsBefore: project.requestCount)
    var destination = SourceReader.Destination(
      type: options.type,
      bucket: StoredBucket(name: options.type.bucket.name, isPublic: false, byteLimit: nil),
      continuationID: options.continuationID, storagePath: options.storagePath, mediaType: options.mediaType,
      metadata: MetadataChange(members: options.metadata.mapValues { .string($0) }),
      allowsSensitive: options.allowsSensitive, trustsListing: options.trustsListing)
    do throws(StorageError) {
      try options.check(sources)
      let place = try project.journalPlace()
      let (goal, bucket) = try await reachable(&tally)
      destination.bucket = bucket
      destination.metadata.expiresAt = try goal.expiryDate(options.expiry)
      let reader = try await goal.reader(sources, to: destination, journal: place)
      let size = await reader.measure(until: stop)
      meter.expect(fileCount: size.fileCount, byteCount: size.byteCount)
      _ = await goal.storing(reader, in: bucket, &tally) { goal, tally throws(StorageError) in
        try await goal.store(reader, fileCount: size.fileCount, tally)
      }
      await failRest(of: reader, &tally)
    } catch {
      tally.summary.endedBy = error
      // Nothing was looked at yet, so each of them fails as a whole.
      if let error = whatFailsTheRest(tally) {
        for source in sources { tally.count(source.refused(error, for: destination)) }
      }
    }
    return tally.finished(stop, requestCount: project.requestCount)
  }

  private func reader(
    _ sources: [UploadSource], to destination: SourceReader.Destination, journal place: JournalPlace
  ) async throws(StorageError) -> SourceReader {
    var opened: [MigrationSource] = []
    for source in sources {
      let source = try await source.opened(for: destination, spoolingIn: place.directory, until: stop)
      if case .tree(let root, _) = source { try project.checkApart(root) }
      opened.append(source)
    }
    return try SourceReader(
      opened, to: destination, journal: place, remembersProofs: project.backend == .supabase)
  }

  private func store(
    _ reader: SourceReader, fileCount: Int, _ tally: RunTally
  ) async throws(StorageError) -> RunTally {
    var conversation: Conversation?
    var inventorying = Inventorying.askedAbout
    // A conversation is not made for files that cannot be stored.
    if fileCount > 0 {
      let found = try await openConversation(of: reader)
      conversation = found.conversation
      if found.isNew { inventorying = .empty }
    }
    if fileCount > MigrationWindow.fileLimit, inventorying == .askedAbout {
      try await fillInventory(of: reader)
      inventorying = .listed
    }
    return await run(reader, in: conversation, inventorying, tally)
  }

  /// Reports the files that the run did not come to.
  private func failRest(of reader: SourceReader, _ tally: inout RunTally) async {
    guard let error = whatFailsTheRest(tally) else { return }
    var windowCount = 0
    while true {
      let (window, passedOver) = await reader.nextWindow()
      if window.files.isEmpty, passedOver.isEmpty { return }
      var failed = window
      failed.fail(window.indices(), error)
      windowCount += 1
      for outcome in passedOver + (await reader.outcomes(of: failed, in: nil)) {
        if windowCount <= Self.namedWindowLimit { tally.count(outcome) } else { tally.summary.count(outcome) }
      }
    }
  }

  /// The error of what was not come to. Nil when all was, or when somebody interrupted the run: then the rest is left
  /// unsaid.
  private func whatFailsTheRest(_ tally: RunTally) -> StorageError? {
    switch (stop.reason, tally.summary.endedBy) {
    case (.deadline?, nil): .deadline
    case (.deadline?, let error?): error.code == .interrupted ? .deadline : error
    case (_, let error?): error.code == .interrupted ? nil : error
    case (_, nil): nil
    }
  }

  /// When files that are stored now expire, as the column has it.
  private func expiryDate(_ expiry: Expiry?) throws(StorageError) -> String? {
    guard let expiry else { return nil }
    guard let now = project.time else {
      throw StorageError(.rejected, "the service does not say what time it is", hint: "run it without --expires")
    }
    guard let moment = expiry.moment(storedAt: now), moment > now else {
      throw StorageError(
        .configuration, "files cannot expire before they are stored, nor after the year 9999",
        hint: "give --expires a date to come, or a duration such as 30d")
    }
    return moment.wholeSecond.description
  }
}

extension Timestamp {
  /// Without the fraction, which no service's clock tells.
  fileprivate var wholeSecond: Timestamp {
    Timestamp(microseconds: microseconds - microseconds % 1_000_000) ?? self
  }
}
