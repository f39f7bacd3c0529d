import Synchronization

/// Many transfers for few suspensions: submit jobs as they are ready, take back whatever has settled.
///
///     let batch = client.batch(of: FileID.self, limit: 8)
///     batch.submit(firstJobs)
///     while case let settled = await batch.settled(), !settled.isEmpty {
///       for (file, outcome) in settled { … }
///       batch.submit(moreJobs)
///     }
///
/// Jobs start in the order in which they were submitted. Each settles exactly once, also when the client's scope ends.
public final class TransferBatch<Tag: Sendable>: Sendable {
  public typealias Job = (tag: Tag, request: HTTPRequest)
  public typealias Settled = (tag: Tag, outcome: Result<HTTPReply, TransportError>)

  private struct Waiter {
    let minimum: Int
    let continuation: CheckedContinuation<[Settled], Never>
  }

  private struct State {
    var limit: Int
    var queued = Queue<Job>()
    /// Handed to the loop and not settled.
    var running: [ObjectIdentifier: (transfer: Transfer, tag: Tag)] = [:]
    var settled: [Settled] = []
    var waiters: [Waiter] = []
  }

  private let inbox: Inbox
  private let state: Mutex<State>

  init(_ inbox: Inbox, limit: Int) {
    self.inbox = inbox
    state = Mutex(State(limit: max(1, limit)))
  }

  /// So many transfers are in flight at most; at least 1. May be changed at any time: a higher one starts waiting jobs,
  /// a lower one lets those in flight end. The client's own limit of connections stays above it.
  public var limit: Int {
    get { state.withLock { $0.limit } }
    set {
      state.withLock { $0.limit = max(1, newValue) }
      advance()
    }
  }

  /// Takes jobs in and returns at once.
  public func submit(_ jobs: some Sequence<Job>) {
    state.withLock { state in
      for job in jobs { state.queued.append(job) }
    }
    advance()
  }

  /// Everything that has settled since the last call, as soon as there are `minimum` of it or nothing is open any more;
  /// so an empty array says that nothing was open and nothing is left to take. A minimum above 1 saves suspensions
  /// where many small transfers settle one after another.
  ///
  /// When the waiting task is cancelled, so are all transfers of the batch; they come back here as such.
  public func settled(atLeast minimum: Int = 1) async -> [Settled] {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        state.withLock { $0.waiters.append(Waiter(minimum: minimum, continuation: continuation)) }
        deliver()
      }
    } onCancel: {
      cancelAll()
    }
  }

  /// Drops what waits and what is in flight; all of it settles as cancelled. The batch can go on being used.
  public func cancelAll() {
    let running = state.withLock { state in
      while let job = state.queued.popFirst() { state.settled.append((job.tag, .failure(.neverStarted))) }
      return state.running.values.map(\.transfer)
    }
    deliver()
    if !inbox.post(running.map(Inbox.Message.cancel)) {
      for transfer in running { transfer.settleUnlessTaken() }
    }
  }

  /// Hands queued jobs to the loop up to the limit.
  private func advance() {
    let started = state.withLock { state in
      var started: [Transfer] = []
      while state.running.count < state.limit, let (tag, request) = state.queued.popFirst() {
        let transfer = Transfer(request)
        state.running[ObjectIdentifier(transfer)] = (transfer, tag)
        started.append(transfer)
      }
      return started
    }
    if started.isEmpty { return }
    for transfer in started {
      // Without the tag, which would live on here after it was given back.
      transfer.receive { [self] outcome in finish(transfer, outcome) }
    }
    if !inbox.post(started.lazy.map(Inbox.Message.start)) {
      // The scope has ended. Emptied first, so that settling these few starts no further ones.
      cancelAll()
    }
  }

  private func finish(_ transfer: Transfer, _ outcome: TransferOutcome) {
    state.withLock { state in
      guard let tag = state.running.removeValue(forKey: ObjectIdentifier(transfer))?.tag else { return }
      state.settled.append((tag, outcome))
    }
    advance()
    deliver()
  }

  /// Resumes the first waiter with all that has settled, if that is enough; and every one when nothing is open.
  private func deliver() {
    var deliveries: [(Waiter, [Settled])] = state.withLock { state in
      let isIdle = state.running.isEmpty && state.queued.isEmpty
      var deliveries: [(Waiter, [Settled])] = []
      while let waiter = state.waiters.first, isIdle || state.settled.count >= max(1, waiter.minimum) {
        deliveries.append((waiter, state.settled))
        state.settled = []
        state.waiters.removeFirst()
      }
      return deliveries
    }
    // Handed over for good: what the waiter gets is its own alone.
    while let (waiter, settled) = deliveries.popLast() { waiter.continuation.resume(returning: consume settled) }
  }
}
