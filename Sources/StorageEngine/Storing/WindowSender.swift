internal import StorageFiles
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// Sends, window after window, what the service does not hold yet. One caller at a time.
struct WindowSender {
  /// Content held in memory while it is under way, in bytes.
  private static let memoryLimit: Int64 = 16 << 20
  /// Uploads handed over and not settled; enough to keep the lane busy while the next files are read.
  private static let queueLimit = 32
  /// Files that are read on one hop to the reader's queue.
  private static let chunkFileCount = 32
  private static let chunkByteCount: Int64 = 4 << 20

  private let reader: SourceReader
  private let lane: any UploadLane
  private let retrier: Retrier
  private let stop: StopSignal
  private let meter: ProgressMeter
  private var limit: ConcurrencyLimit
  private var breaker = CircuitBreaker()
  /// What is under way, by index into the window.
  private var underWay: [Int: UnderWay] = [:]
  private var heldByteCount: Int64 = 0

  private struct UnderWay {
    let upload: ObjectUpload
    let heldByteCount: Int64
    let byteCount: Int64
  }

  /// What one pass over a window's files leaves to be done.
  private struct Rest {
    /// Failed, and may succeed later.
    var failed: [Int: StorageError] = [:]
    /// Not tried.
    var postponed: [Int] = []
    /// No file of this run can succeed any more.
    var end: StorageError?
  }

  init(
    _ reader: SourceReader, lane: any UploadLane, jobs: Int, retrier: Retrier, stop: StopSignal,
    meter: ProgressMeter
  ) {
    self.reader = reader
    self.lane = lane
    self.retrier = retrier
    self.stop = stop
    self.meter = meter
    limit = ConcurrencyLimit(highest: jobs)
    lane.limit(to: limit.current)
  }

  /// Hashes and sends the files of a window. Afterwards each one has failed, has its object, or was dropped because the
  /// run is to end.
  mutating func send(_ window: MigrationWindow) async -> MigrationWindow {
    var window = window
    var open = window.indices()
    while !open.isEmpty, !stop.isRaised, !Task.isCancelled, window.end == nil {
      let rest = await pass(over: open, of: &window)
      window.end = rest.end
      open = await afterWaiting(rest, &window)
    }
    for index in window.indices(where: \.needsSending) { window.files[index].drop() }
    return window
  }

  // MARK: one pass

  private mutating func pass(over open: [Int], of window: inout MigrationWindow) async -> Rest {
    var rest = Rest()
    var next = open.startIndex
    if breaker.isOpen {
      next = min(next + CircuitBreaker.probeCount, open.endIndex)
      await submit(Array(open[..<next]), of: &window, &rest)
      while !underWay.isEmpty { await takeSettled(&window, &rest) }
    }
    while next < open.endIndex, mayGoOn(rest) {
      let chunk = Self.chunk(of: open[next...], in: window)
      next = chunk.endIndex
      await submit(Array(chunk), of: &window, &rest)
      while heldByteCount > Self.memoryLimit || underWay.count > Self.queueLimit { await takeSettled(&window, &rest) }
    }
    while !underWay.isEmpty { await takeSettled(&window, &rest) }
    rest.postponed += open[next...]
    return rest
  }

  private func mayGoOn(_ rest: Rest) -> Bool {
    !stop.isRaised && !breaker.isOpen && rest.end == nil
  }

  private mutating func submit(_ indices: [Int], of window: inout MigrationWindow, _ rest: inout Rest) async {
    let prepared = await reader.prepare(indices.map { window.files[$0] })
    var uploads: [(tag: Int, upload: ObjectUpload)] = []
    for (index, prepared) in zip(indices, prepared) {
      window.files[index] = prepared.file
      if let upload = prepared.upload {
        uploads.append((index, upload))
      } else if prepared.file.error == nil, prepared.file.needsSending {
        rest.failed[index] = StorageError(.changed, "the file changed while it was read", retry: .soon)
      } else {
        meter.settled(byteCount: prepared.file.status.byteCount)
      }
    }
    // A stop that came while the files were read has already emptied the lane.
    guard !stop.isRaised else { return }
    for (index, upload) in uploads {
      let held: Int64 = if case .bytes(let bytes) = upload.content { Int64(bytes.count) } else { 0 }
      heldByteCount += held
      underWay[index] = UnderWay(
        upload: upload, heldByteCount: held, byteCount: window.files[index].status.byteCount)
    }
    lane.submit(uploads)
    if stop.isRaised { lane.cancelAll() }
  }

  private mutating func takeSettled(_ window: inout MigrationWindow, _ rest: inout Rest) async {
    var isThrottled = false
    for (index, result) in await lane.settled() {
      guard let done = underWay.removeValue(forKey: index) else { continue }
      heldByteCount -= done.heldByteCount
      switch result {
      case .success(let placement):
        limit.succeeded()
        breaker.succeeded()
        retrier.budget.refund()
        // "Already there" may be of an upload of ours that failed, and an attempt that was not answered may still be under
        // way, and end after this one: of the bytes that will be there nothing is known.
        let isAlone = placement == .sent && window.files[index].setbacks.failures == 0
        window.files[index].evidence = ObjectEvidence(bytes: isAlone ? .seen(.sent) : nil)
        if placement == .sent { window.files[index].sentByteCount += done.byteCount }
        meter.settled(byteCount: 0)
      case .failure(let error):
        if case .throttled = error.retry { isThrottled = true }
        failed(index, done.upload.explained(error), &window, &rest)
      }
    }
    if isThrottled { limit.sawTrouble() }
    lane.limit(to: limit.current)
  }

  private mutating func failed(
    _ index: Int, _ error: StorageError, _ window: inout MigrationWindow, _ rest: inout Rest
  ) {
    if error.code == .interrupted { return rest.postponed.append(index) }
    breaker.failed(error)
    window.files[index].setbacks.failures += 1
    if error.isRetryable {
      rest.failed[index] = error
    } else {
      window.files[index].fail(error)
      meter.settled(byteCount: 0)
      if error.endsTheRun, error.code != .unreachable { rest.end = error }
    }
    // What waits in the queue would only be refused too.
    if breaker.isOpen || rest.end != nil { lane.cancelAll() }
  }

  // MARK: between passes

  /// Waits as long as the slowest of the failed uploads should and returns what is to be sent then.
  private func afterWaiting(_ rest: Rest, _ window: inout MigrationWindow) async -> [Int] {
    var open = rest.postponed
    guard !rest.failed.isEmpty, window.end == nil else { return open.sorted() }
    var longest = Duration.zero
    // One price for all: they wait, and come back, together.
    let isAffordable = rest.failed.values.max { Self.cost($0) < Self.cost($1) }.map(retrier.budget.spend) ?? true
    for (index, error) in rest.failed {
      let failures = max(1, window.files[index].setbacks.failures, window.files[index].setbacks.changes)
      let delay = retrier.policy.delay(after: error, failures: failures, fraction: .random(in: 0..<1))
      if let delay, isAffordable {
        longest = max(longest, delay)
        open.append(index)
      } else {
        window.files[index].fail(error)
        meter.settled(byteCount: 0)
        // It failed again and again, and so did everything else meanwhile.
        if breaker.isOpen { window.end = error }
      }
    }
    guard window.end == nil, !open.isEmpty, await retrier.sleep(for: longest) else { return [] }
    return open.sorted()
  }

  private static func cost(_ error: StorageError) -> Int {
    if case .throttled = error.retry { 0 } else { 1 }
  }

  private static func chunk(of indices: ArraySlice<Int>, in window: MigrationWindow) -> ArraySlice<Int> {
    var byteCount: Int64 = 0
    var end = indices.startIndex
    while end < indices.endIndex, end - indices.startIndex < chunkFileCount, byteCount < chunkByteCount {
      byteCount.add(window.files[indices[end]].status.byteCount)
      end += 1
    }
    return indices[..<end]
  }
}
