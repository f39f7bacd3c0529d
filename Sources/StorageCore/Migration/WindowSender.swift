/// Sends, window after window, what the service does not hold yet. One caller at a time.
struct WindowSender {
  /// Content held in memory while it is under way, in bytes.
  private static let memoryLimit: Int64 = 16 << 20
  /// Files that are read on one hop to the reader's queue.
  private static let chunkFileCount = 32
  private static let chunkByteCount: Int64 = 4 << 20

  private let reader: SourceReader
  private let lane: any UploadLane
  private let retrier: Retrier
  private let stop: StopSignal
  private let meter: ProgressMeter
  private var limit: ConcurrencyLimit
  /// What is under way, by index into the window.
  private var underWay: [Int: UnderWay] = [:]
  private var heldByteCount: Int64 = 0

  private struct UnderWay {
    let heldByteCount: Int64
    /// Keeps the descriptor open that is being sent from.
    let source: SourceFile?
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

  /// Hashes and sends the files of a window. Afterwards each one has failed, is proved already, or was sent; after a
  /// stop some may be none of these.
  mutating func send(_ window: MigrationWindow) async -> MigrationWindow {
    var window = window
    var open = Array(window.files.indices)
    while !open.isEmpty, !stop.isRaised {
      var again: [Int: StorageError] = [:]
      for chunk in Self.chunks(of: open, in: window) where !stop.isRaised {
        await submit(chunk, of: &window, again: &again)
        while heldByteCount > Self.memoryLimit { await takeSettled(&window, again: &again) }
      }
      while !underWay.isEmpty { await takeSettled(&window, again: &again) }
      open = await afterWaiting(again, &window)
    }
    return window
  }

  private mutating func submit(
    _ chunk: [Int], of window: inout MigrationWindow, again: inout [Int: StorageError]
  ) async {
    let files = chunk.map { window.files[$0] }
    var uploads: [(tag: Int, upload: ObjectUpload)] = []
    for (index, prepared) in zip(chunk, await reader.prepare(files)) {
      window.files[index] = prepared.file
      if let upload = prepared.upload {
        let held: Int64 = if case .bytes(let bytes) = upload.content { Int64(bytes.count) } else { 0 }
        heldByteCount += held
        underWay[index] = UnderWay(heldByteCount: held, source: prepared.source)
        uploads.append((index, upload))
      } else if prepared.file.error == nil, !prepared.file.isProved {
        again[index] = StorageError(.changed, "the file changed while it was read", retry: .soon)
      } else {
        meter.settled(prepared.file)
      }
    }
    lane.submit(uploads)
  }

  private mutating func takeSettled(_ window: inout MigrationWindow, again: inout [Int: StorageError]) async {
    for (index, result) in await lane.settled() {
      guard let done = underWay.removeValue(forKey: index) else { continue }
      heldByteCount -= done.heldByteCount
      switch result {
      case .success:
        limit.succeeded()
        retrier.budget.refund()
        sent(index, from: done.source, &window, again: &again)
      case .failure(let error):
        if case .throttled = error.retry { limit.sawTrouble() }
        failed(index, error, &window, again: &again)
      }
    }
    lane.limit(to: limit.current)
  }

  private func sent(
    _ index: Int, from source: SourceFile?, _ window: inout MigrationWindow, again: inout [Int: StorageError]
  ) {
    // A large file went out from the disk after it was hashed: the bytes are those of the digest only if it stood still.
    if let source, (try? source.hasChanged()) != false {
      failed(index, StorageError(.changed, "the file changed while it was sent", retry: .soon), &window, again: &again)
    } else {
      window.files[index].wasSent = true
      meter.settled(window.files[index])
    }
  }

  private func failed(
    _ index: Int, _ error: StorageError, _ window: inout MigrationWindow, again: inout [Int: StorageError]
  ) {
    if error.code == .interrupted { return }
    window.files[index].failures += 1
    if error.isRetryable {
      again[index] = error
    } else {
      window.files[index].error = error
      meter.settled(window.files[index])
    }
  }

  /// Waits as long as the slowest of the failed uploads should and returns those that may be sent again.
  private func afterWaiting(_ again: [Int: StorageError], _ window: inout MigrationWindow) async -> [Int] {
    var open: [Int] = []
    var longest = Duration.zero
    for (index, error) in again {
      let delay = retrier.policy.delay(
        after: error, failures: max(1, window.files[index].failures), fraction: .random(in: 0..<1))
      if let delay, retrier.budget.spend(on: error) {
        longest = max(longest, delay)
        open.append(index)
      } else {
        window.files[index].error = error
        meter.settled(window.files[index])
      }
    }
    guard !open.isEmpty, await retrier.sleep(for: longest, orUntil: stop) else { return [] }
    return open.sorted()
  }

  private static func chunks(of indices: [Int], in window: MigrationWindow) -> [[Int]] {
    var chunks: [[Int]] = []
    var byteCount: Int64 = 0
    for index in indices {
      if chunks.isEmpty || chunks[chunks.count - 1].count >= chunkFileCount || byteCount >= chunkByteCount {
        chunks.append([])
        byteCount = 0
      }
      chunks[chunks.count - 1].append(index)
      byteCount += window.files[index].status.byteCount
    }
    return chunks
  }
}
