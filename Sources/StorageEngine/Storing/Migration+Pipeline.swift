package import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// How a run learns what the service holds of its files.
package enum Inventorying: Sendable {
  /// The reader's inventory was filled beforehand.
  case listed
  /// For each window the service is asked about the files in it.
  case askedAbout
  /// Nothing can be there yet; what is there all the same shows when it is stored again.
  case empty
}

extension Migration {
  /// Stores what a reader yields. One that belongs to no conversation is in `nil`.
  package func run(
    _ reader: SourceReader, in conversation: Conversation?, _ inventorying: Inventorying, _ tally: RunTally
  ) async -> RunTally {
    let lane = project.objects.uploads()
    meter.watch { lane.sentByteCount }
    let sender = WindowSender(
      reader, lane: lane, jobs: options.jobs, retrier: project.retrier, stop: stop, meter: meter)
    let settler = await settler(reader)
    return await stop.withReaction {
      lane.cancelAll()
    } _: {
      await withTaskCancellationHandler {
        await run(reader, sender, settler, conversation, inventorying, tally)
      } onCancel: {
        stop.raise()
      }
    }
  }

  private func settler(_ reader: SourceReader) async -> WindowSettler {
    let destination = await reader.destination
    return WindowSettler(
      reader: reader, objects: project.objects, rows: project.rows, trash: project.trash, stop: stop,
      jobs: options.jobs,
      bucket: destination.bucket.name,
      continuationID: destination.continuationID, verification: options.verification,
      replaces: destination.storagePath == nil, change: destination.metadata,
      readBack: ReadBack(objects: project.objects, directory: reader.directory))
  }

  /// While one window is settled, the next is hashed and sent.
  private func run(
    _ reader: SourceReader, _ sender: WindowSender, _ settler: WindowSettler, _ conversation: Conversation?,
    _ inventorying: Inventorying, _ tally: RunTally
  ) async -> RunTally {
    var sender = sender
    var tally = tally
    var conversation = conversation
    var links = LinkInventory(project.rows)
    return await withTaskGroup(of: (MigrationWindow, Conversation?).self) { settling in
      while !stop.isRaised, tally.summary.endedBy == nil {
        var (window, passedOver) = await reader.nextWindow()
        passedOver.forEach { tally.count($0) }
        guard !window.files.isEmpty else {
          if passedOver.isEmpty { break }
          continue
        }
        if inventorying == .askedAbout { window = await asked(about: window, reader) }
        window = await sender.send(window)
        if inventorying == .listed { window = await links.mark(window, reader, conversation) }
        if let settled = await settling.next() { (conversation, tally) = await absorb(settled, reader, tally) }
        settling.addTask { [conversation, window] in await settler.settle(window, in: conversation) }
        if window.end != nil { break }
      }
      while let settled = await settling.next() { (conversation, tally) = await absorb(settled, reader, tally) }
      return tally
    }
  }

  /// Notes what a window that is done brought, then reports its files.
  private func absorb(
    _ settled: (window: MigrationWindow, conversation: Conversation?), _ reader: SourceReader, _ tally: RunTally
  ) async -> (Conversation?, RunTally) {
    var tally = tally
    do throws(StorageError) {
      try await reader.recordDigests()
      try await reader.recordProofs(of: settled.window.files)
    } catch {
      tally.summary.endedBy = error
    }
    var window = settled.window
    await withhold(from: &window, of: reader, &tally)
    let end: StorageError? = stop.reason == .deadline ? .deadline : nil
    var outcomes = await reader.outcomes(of: window, in: settled.conversation, droppedBy: end)
    if let queue {
      do throws(StorageError) {
        outcomes = try await queue.queue(outcomes)
      } catch {
        tally.summary.endedBy = error
        outcomes = outcomes.map { $0.failed(error) }
      }
    }
    outcomes.forEach { tally.count($0) }
    if queue == nil { tally.summary.sentByteCount += settled.window.files.reduce(0) { $0 + $1.sentByteCount } }
    if tally.summary.endedBy == nil { tally.summary.endedBy = settled.window.endOfRun(hadSuccess: tally.hadSuccess) }
    tally.hadSuccess = tally.hadSuccess || settled.window.files.contains(where: \.isComplete)
    return (settled.conversation, tally)
  }
}

extension FileOutcome {
  /// What became of a file that was stored here and would not be sent.
  fileprivate func failed(_ error: StorageError) -> FileOutcome {
    guard self.error == nil, status != .skipped else { return self }
    var outcome = self
    outcome.status = .failed
    outcome.error = error
    return outcome
  }
}
