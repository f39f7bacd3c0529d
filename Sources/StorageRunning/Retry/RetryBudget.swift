package import StorageModel
import Synchronization

/// What a whole run may spend on retries: a service in trouble is not made worse by everybody's second attempts.
///
/// Safe to use from any thread.
package final class RetryBudget: Sendable {
  private static let capacity = 500
  private let tokens = Mutex(capacity)

  package init() {}

  /// Takes what a retry costs; false when too little is left.
  package func spend(on error: StorageError) -> Bool {
    let cost =
      switch error.retry {
      case .throttled: 5
      case .soon, .once, .never: 14
      }
    return tokens.withLock { tokens in
      guard tokens >= cost else { return false }
      tokens -= cost
      return true
    }
  }

  /// Gives back a little for `count` operations that succeeded.
  package func refund(_ count: Int = 1) {
    tokens.withLock { $0 = min(Self.capacity, $0 + count) }
  }
}
