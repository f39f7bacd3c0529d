public import StorageModel

/// How often and how long apart an operation is tried: full jitter, so that many clients do not come back together.
public struct RetryPolicy: Sendable {
  /// The first attempt counts.
  public var attempts = 6
  public var base = Duration.milliseconds(200)
  public var throttledBase = Duration.seconds(1)
  public var longest = Duration.seconds(20)
  /// A service that asks for a longer wait is taken to be down.
  public var patience = Duration.seconds(120)

  public init() {}

  /// The wait before the next attempt, or nil when there is to be none.
  /// - Parameters:
  ///   - failures: attempts that have failed so far, at least 1.
  ///   - fraction: a random number from 0 up to 1.
  public func delay(after error: StorageError, failures: Int, fraction: Double) -> Duration? {
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
