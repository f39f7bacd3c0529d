package import StorageModel

/// Tells a service in trouble from a request in trouble: open after failures that follow each other without one success
/// between. While it is open only a few requests are worth their while.
package struct CircuitBreaker {
  static let threshold = 5
  /// Requests that find out whether the trouble is over.
  package static let probeCount = 4

  private var failuresInARow = 0

  package init() {}

  package var isOpen: Bool { failuresInARow >= Self.threshold }

  package mutating func succeeded() {
    failuresInARow = 0
  }

  /// Errors that a single object may cause for ever say nothing about the service.
  package mutating func failed(_ error: StorageError) {
    guard error.code == .unreachable, error.isRetryable, error.retry != .once else { return }
    failuresInARow += 1
  }
}
