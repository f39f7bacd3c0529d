package import CurlHTTP

extension ServiceError {
  /// What a transfer that brought no usable answer means for `route`.
  package init(_ error: TransportError, in route: Route) {
    let status: Int? =
      switch error.outcome {
      case .answered(let status): status
      case .nothingSent, .unknown: nil
      }
    self.init(
      Self.kind(of: error, effect: route.effect), route, status: status, httpStatus: status,
      message: MessageCleaner.clean(error.message), transport: error.reason)
  }

  private static func kind(of error: TransportError, effect: Route.Effect) -> Kind {
    switch error.reason {
    case .cancelled: return .cancelled
    case .invalidRequest: return .invalid
    case .tls: if error.outcome == .nothingSent { return .denied }
    case .sourceEnded, .notTaken, .outOfMemory: return .local
    case .answerTooLong: if effect == .reads { return .limit }
    case .nameNotResolved, .connectionRefused, .unreachable, .proxy, .connectTimedOut, .stalled, .timedOut,
      .connectionLost, .malformedAnswer, .other:
      break
    }
    switch error.outcome {
    case .nothingSent: return .retryable
    case .unknown, .answered: return lost(effect)
    }
  }

  /// The kind of a request whose answer was lost.
  static func lost(_ effect: Route.Effect) -> Kind {
    switch effect {
    case .reads: .retryable
    case .writes: .ambiguous
    }
  }
}
