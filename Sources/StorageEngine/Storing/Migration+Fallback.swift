internal import StorageModel
internal import StorageRunning

/// What a run does when its service is down: what it cannot bring there is kept in the local store, from where `sync`
/// sends it. Never for single requests, so no file has its object here and its row there.
extension Migration {
  /// What is left of a deadline to keep files locally.
  private static let reserve = Duration.seconds(1)
  /// Files that may fail for want of the service before that is taken to be down.
  private static let unreachedLimit = 1000

  /// Where files can be stored now, and their bucket there: the place that was asked for, or what stands in for it.
  func reachable(_ tally: inout RunTally) async throws(StorageError) -> (place: Migration, bucket: StoredBucket) {
    let (bucket, wasCut) = await patiently { migration in
      do throws(StorageError) {
        return Result<StoredBucket, StorageError>.success(try await migration.bucket())
      } catch {
        return .failure(error)
      }
    }
    do throws(StorageError) {
      return (self, try bucket.get())
    } catch {
      let isLate = wasCut && error.isCut
      guard isLate || OpenProject.isOutage(error), !stop.isRaised, let local = try await standIn(after: error) else {
        throw error
      }
      tally.summary.outage = isLate ? .late : error
      if isLate { noteSilence() }
      return (local, try await local.bucket())
    }
  }

  /// Does `body`, which stores what `reader` yields. What does not come to its end because the service is down is then
  /// stored in what stands in for it.
  /// - Returns: where what follows is to be stored.
  func storing(
    _ reader: SourceReader, in bucket: StoredBucket, _ tally: inout RunTally,
    _ body: @escaping @Sendable (Migration, RunTally) async throws(StorageError) -> RunTally
  ) async -> (place: Migration, bucket: StoredBucket) {
    let before = tally
    let (after, wasCut) = await patiently { await $0.attempting(before, body) }
    tally = after
    let end = tally.summary.endedBy
    let isLate = wasCut && end?.isCut ?? true
    let isDown = isLate || end.map(OpenProject.isOutage) ?? false
    do throws(StorageError) {
      guard isDown || (end == nil && !tally.unreached.isEmpty), !stop.isRaised,
        let local = try await standIn(after: end ?? tally.unreached.first?.outcome.error ?? .late)
      else {
        tally.giveUpUnreached()
        return (self, bucket)
      }
      if isLate { noteSilence() } else if let end { project.fallback?.outage.note(end) }
      let localBucket = try await local.bucket()
      CrashPoint.turnedToLocal.reached()
      tally.summary.outage = isLate ? .late : end ?? tally.unreached.first?.outcome.error
      try await reader.turn(to: localBucket, again: tally.unreached.map(\.file))
      tally.unreached = []
      tally.summary.endedBy = nil
      tally = await local.attempting(tally) { local, tally throws(StorageError) in
        try await local.keep(reader, tally)
      }
      return isDown ? (local, localBucket) : (self, bucket)
    } catch {
      tally.giveUpUnreached()
      tally.summary.endedBy = error
      return (self, bucket)
    }
  }

  private func keep(_ reader: SourceReader, _ tally: RunTally) async throws(StorageError) -> RunTally {
    let conversation = try await openConversation(of: reader).conversation
    return await run(reader, in: conversation, .askedAbout, tally)
  }

  private func attempting(
    _ tally: RunTally, _ body: (Migration, RunTally) async throws(StorageError) -> RunTally
  ) async -> RunTally {
    do throws(StorageError) {
      return try await body(self, tally)
    } catch {
      var tally = tally
      tally.summary.endedBy = error
      return tally
    }
  }

  /// Runs `body` with a signal that is raised with this run's, and earlier where there is a deadline: while there still
  /// is time to keep locally what is not stored by then.
  private func patiently<Value: Sendable>(
    _ body: @escaping @Sendable (Migration) async -> Value
  ) async -> (value: Value, isLate: Bool) {
    guard canFallBack, let deadline else { return (await body(self), false) }
    let signal = StopSignal()
    let migration = Migration(project, options: options, stop: signal, meter: meter)
    let rest = max(.zero, ContinuousClock.now.duration(to: deadline))
    let value = await stop.withReaction { [stop] in
      signal.raise(stop.reason ?? .interrupted)
    } _: {
      await signal.raised(at: deadline - min(Self.reserve, rest / 2)) { await body(migration) }
    }
    // Whoever cancelled the task wants the whole run to end.
    if signal.reason == .interrupted { stop.raise() }
    return (value, signal.reason == .deadline)
  }

  /// A service that answered nothing until the time was over is left alone for a while.
  private func noteSilence() {
    guard project.time == nil else { return }
    project.fallback?.outage.note(.late)
  }

  var canFallBack: Bool { project.fallback != nil }

  /// The same run into what stands in for the service; nil where nothing does.
  private func standIn(after outage: StorageError) async throws(StorageError) -> Migration? {
    guard let fallback = project.fallback else { return nil }
    let local = try await fallback.open(after: outage)
    return Migration(local, options: options, stop: stop, meter: meter, queue: fallback)
  }

  // MARK: Outcomes

  /// Takes out of a window what failed only because the service is down, where something stands in for it.
  func withhold(
    from window: inout MigrationWindow, of reader: SourceReader, _ tally: inout RunTally
  ) async {
    guard canFallBack else { return }
    let end = window.end.flatMap { OpenProject.isOutage($0) ? $0 : nil } ?? (stop.reason == .deadline ? .deadline : nil)
    func isUnreached(_ file: MigratingFile) -> Bool {
      if let error = file.error, OpenProject.isOutage(error) { return true }
      return end != nil && (file.wasDropped || file.error?.code == .interrupted)
    }
    var unreached = window
    unreached.files = window.files.filter(isUnreached)
    if unreached.files.isEmpty { return }
    window.files.removeAll(where: isUnreached)
    for file in unreached.files {
      var alone = unreached
      alone.files = [file]
      for outcome in await reader.outcomes(of: alone, in: nil, droppedBy: end ?? .late) {
        tally.unreached.append((file, outcome))
      }
    }
    if tally.unreached.count > Self.unreachedLimit, tally.summary.endedBy == nil {
      tally.summary.endedBy = tally.unreached.last?.outcome.error
    }
  }
}

extension StorageError {
  /// Whether it only says that the time was over.
  fileprivate var isCut: Bool { [.interrupted, .deadline, .unreachable].contains(code) }

  fileprivate static let late = StorageError(
    .unreachable, "the service did not take it within the time that was set", retry: .soon)
}

extension RunTally {
  /// Passes on as failed what nothing took.
  fileprivate mutating func giveUpUnreached() {
    for (_, outcome) in unreached { count(outcome) }
    unreached = []
  }
}
