package import StorageModel

/// How often and how long apart an operation is tried: full jitter, so that many clients do not come back together.
package struct RetryPolicy: Sendable {
  /// The first attempt counts.
  package var attempts = 6
  package var base = Duration.milliseconds(200)
  package var throttledBase = Duration.seconds(1)
  package var longest = Duration.seconds(20)
  /// A service that asks for a longer wait is taken to be down.
  package var patience = Duration.seconds(120)

  package init() {}

  /// The wait before the next attempt, or nil when there is to be none.
  /// - Parameters:
  ///   - failures: attempts that have failed so far, at least 1.
  ///   - fraction: a random number from 0 up to 1.
  package func delay(after error: StorageError, failures: Int, fraction: Double) -> Duration? {
    guard failures < attempts else { return nil }
    let exponential = { (base: Duration) in min(self.longest, base * (1 << min(failures - 1, 16))) * fraction }
    switch error.retry {
    case .never:
      return nil
    case .once:
      return failures < 2 ? exponential(base) : nil
    case .soon:
      return exponential(base)
    case .throttled(let asked):
      let asked = asked ?? .zero
      return asked > patience ? nil : max(asked, exponential(throttledBase))
    }
  }
}
