/// What an HTTP status means where the service gave no code of its own.
enum StatusCodes {
  /// `isOwnAnswer`: the service itself speaks, not what stands before it.
  static func kind(of status: Int, isOwnAnswer: Bool, effect: Route.Effect) -> ServiceError.Kind {
    switch status {
    case 300..<400: .setUp
    case 401, 403: .denied
    case 402, 540: .serviceDown
    case 404: isOwnAnswer ? .missing : .setUp
    case 409: .conflict
    case 413, 414, 415, 431: .limit
    // Not taken up: too early, locked, too many; the origin was never reached.
    case 423, 425, 429, 521, 523, 525, 526, 530: .retryable
    // Given up somewhere on the way.
    case 408, 499, 500, 502, 503, 504, 520, 522, 524, 544: ServiceError.lost(effect)
    case 500...: .serviceDown
    default: .invalid
    }
  }
}
