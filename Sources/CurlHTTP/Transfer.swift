import Synchronization

typealias TransferOutcome = Result<HTTPReply, TransportError>

/// One request on its way to one outcome. It settles exactly once, whoever comes first: its answer, its failure, its
/// cancellation or the end of the loop.
final class Transfer: Sendable {
  typealias Receiver = @Sendable (TransferOutcome) -> Void

  private enum State {
    /// The request until the loop takes it; whom to tell, once somebody asked.
    case open(HTTPRequest?, Receiver?)
    /// Settled before anybody asked.
    case settled(TransferOutcome)
    case delivered
  }

  private let state: Mutex<State>

  init(_ request: HTTPRequest) {
    state = Mutex(.open(request, nil))
  }

  /// The request, given out once; nil when the transfer has settled. From then on the loop alone holds it, so that the
  /// memory of its body is free before the outcome is told.
  func takeRequest() -> HTTPRequest? {
    state.withLock { state in
      guard case .open(let request, let receiver) = state else { return nil }
      state = .open(nil, receiver)
      return request
    }
  }

  /// Names the one receiver, called at once if the transfer has already settled. It must not block: it runs on the
  /// thread that settles, which is mostly the loop's.
  func receive(_ receiver: @escaping Receiver) {
    let outcome: TransferOutcome? = state.withLock { state in
      switch state {
      case .open(let request, _):
        state = .open(request, receiver)
        return nil
      case .settled(let outcome):
        state = .delivered
        return outcome
      case .delivered:
        return nil
      }
    }
    if let outcome { receiver(outcome) }
  }

  /// For whoever finds the loop closed: settles a transfer that the loop never took. One that it took was or will be
  /// settled by the loop, which alone knows what reached the server.
  func settleUnlessTaken() {
    let isUntaken = state.withLock { state in
      if case .open(.some, _) = state { true } else { false }
    }
    if isUntaken { settle(.failure(.neverStarted)) }
  }

  /// Does nothing when the transfer has already settled.
  func settle(_ outcome: TransferOutcome) {
    let receiver: Receiver? = state.withLock { state in
      guard case .open(_, let receiver) = state else { return nil }
      state = receiver == nil ? .settled(outcome) : .delivered
      return receiver
    }
    receiver?(outcome)
  }
}
