/// Repeats an operation while its error says that this may help. The only layer that retries.
public struct Retrier: Sendable {
  var policy: RetryPolicy
  var budget: RetryBudget
  var clock: any Clock<Duration>
  /// Once it is raised nothing is repeated any more.
  var stop: StopSignal

  public init(
    policy: RetryPolicy = RetryPolicy(), budget: RetryBudget, clock: any Clock<Duration> = ContinuousClock(),
    stop: StopSignal = StopSignal()
  ) {
    self.policy = policy
    self.budget = budget
    self.clock = clock
    self.stop = stop
  }

  /// - Throws: the last attempt's error, or `.interrupted` when a repetition was due and the run was to end.
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
        guard let delay = policy.delay(after: error, failures: failures, fraction: .random(in: 0..<1)),
          budget.spend(on: error)
        else { throw error }
        guard await sleep(for: delay) else {
          throw StorageError(.interrupted, "interrupted while waiting to try again")
        }
      }
    }
  }

  /// Waits; false when the stop was raised, or the task cancelled, before the time was over.
  func sleep(for duration: Duration) async -> Bool {
    var rest = duration
    while rest > .zero, !stop.isRaised, !Task.isCancelled {
      let slice = min(rest, .milliseconds(100))
      try? await clock.sleep(for: slice)
      rest -= slice
    }
    return !stop.isRaised && !Task.isCancelled
  }
}
