import CSupastoreCurl

/// All that libcurl does. Made by the thread that starts the loop's thread, from then on touched by that thread alone.
final class EventLoop {
  let inbox: Inbox
  private let configuration: HTTPConfiguration
  private let counter: ByteCounter
  private let connectionLimit: Int
  private var idle: [Slot] = []
  /// By the address of the easy handle.
  private var active: [UnsafeMutableRawPointer: Slot] = [:]
  private var waiting = Queue<Transfer>()
  private let multi: MultiHandle

  init(_ configuration: HTTPConfiguration, _ counter: ByteCounter) throws(TransportError) {
    self.configuration = configuration
    self.counter = counter
    connectionLimit = max(1, configuration.connectionLimit)
    multi = try MultiHandle()
    try multi.set(CURLMOPT_MAX_TOTAL_CONNECTIONS, to: connectionLimit)
    // The cache's own bound must not close what the first one allows.
    try multi.set(CURLMOPT_MAXCONNECTS, to: connectionLimit + 8)
    inbox = Inbox(multi.reference)
  }

  /// Runs until told to stop, and returns whom to tell that it has.
  func run() -> CheckedContinuation<Void, Never> {
    while true {
      let hasWork = hasFreeSlot && !waiting.isEmpty
      let messages = inbox.take(orSleep: !hasWork)
      if messages.isEmpty, !hasWork { multi.poll() }
      for message in messages {
        switch message {
        case .start(let transfer): waiting.append(transfer)
        case .cancel(let transfer): cancel(transfer)
        case .stop(let continuation):
          settleEverything()
          return continuation
        }
      }
      startWaiting()
      let code = multi.perform()
      settleFinished()
      if code != CURLM_OK { abandonActive(code) }
    }
  }

  private var hasFreeSlot: Bool { active.count < connectionLimit }

  private func startWaiting() {
    while hasFreeSlot, let transfer = waiting.popFirst() {
      guard let request = transfer.takeRequest() else { continue }
      do throws(TransportError) {
        try start(transfer, request)
      } catch {
        transfer.settle(.failure(error))
      }
    }
  }

  private func start(_ transfer: Transfer, _ request: HTTPRequest) throws(TransportError) {
    let slot = if let slot = idle.popLast() { slot } else { try Slot(configuration, counter) }
    do throws(TransportError) {
      try slot.begin(transfer, request)
      let code = multi.add(slot.easy)
      guard code == CURLM_OK else { throw TransportError(multi: code) }
      active[slot.easy.pointer] = slot
    } catch {
      slot.clear()
      idle.append(slot)
      throw error
    }
  }

  private func settleFinished() {
    while let (handle, result) = multi.nextFinished() {
      guard let slot = active.removeValue(forKey: handle) else { continue }
      multi.remove(slot.easy)
      let (transfer, outcome) = slot.finish(result)
      idle.append(slot)
      transfer?.settle(outcome)
    }
  }

  /// A transfer that still waits in a queue is skipped when its turn comes.
  private func cancel(_ transfer: Transfer) {
    if let slot = active.values.first(where: { $0.transfer === transfer }) {
      drop(slot, .cancelled, "cancelled")
    } else {
      transfer.settle(.failure(.neverStarted))
    }
  }

  private func drop(_ slot: Slot, _ reason: TransportError.Reason, _ message: String) {
    active[slot.easy.pointer] = nil
    multi.remove(slot.easy)
    let (transfer, outcome) = slot.abandon(reason, message)
    idle.append(slot)
    transfer?.settle(outcome)
  }

  private func abandonActive(_ code: CURLMcode) {
    let error = TransportError(multi: code)
    for slot in Array(active.values) { drop(slot, error.reason, error.message) }
  }

  /// Whatever is posted from here on is refused, so nothing can come after.
  private func settleEverything() {
    let left = inbox.close()
    for slot in Array(active.values) { drop(slot, .cancelled, "cancelled") }
    while let transfer = waiting.popFirst() { transfer.settle(.failure(.neverStarted)) }
    for case .start(let transfer) in left { transfer.settle(.failure(.neverStarted)) }
  }
}
