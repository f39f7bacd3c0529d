/// Repeats an operation while its error says that this may help. The only layer that retries.
public struct Retrier: Sendable {
  var policy: RetryPolicy
  var budget: RetryBudget
  var clock: any Clock<Duration>

  public init(policy: RetryPolicy = RetryPolicy(), budget: RetryBudget, clock: any Clock<Duration> = ContinuousClock())
  {
    self.policy = policy
    self.budget = budget
    self.clock = clock
  }

  /// - Throws: the last attempt's error, or `.interrupted` when the task is cancelled while waiting.
  func run<Value: Sendable>(
    _ operation: () async throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    var failures = 0
    while true {
      do throws(StorageError) {
        let value = try await operation()
        budget.refund()
        return value
      } catch {
        failures += 1
        guard try await waitsBeforeRetry(after: error, failures: failures) else { throw error }
      }
    }
  }

  /// Waits; false when `stop` was raised before the time was over.
  func sleep(for duration: Duration, orUntil stop: StopSignal) async -> Bool {
    var rest = duration
    while rest > .zero, !stop.isRaised, !Task.isCancelled {
      let slice = min(rest, .milliseconds(100))
      try? await clock.sleep(for: slice)
      rest -= slice
    }
    return !stop.isRaised && !Task.isCancelled
  }

  /// Waits as long as the next attempt should; false when there is to be none.
  func waitsBeforeRetry(after error: StorageError, failures: Int) async throws(StorageError) -> Bool {
    guard let delay = policy.delay(after: error, failures: failures, fraction: .random(in: 0..<1)),
      budget.spend(on: error)
    else { return false }
    do {
      try await clock.sleep(for: delay)
    } catch {
      throw StorageError(.interrupted, "interrupted while waiting to try again")
    }
    return true
  }
}
