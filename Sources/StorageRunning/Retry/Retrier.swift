package import StorageModel

/// Repeats an operation while its error says that this may help. The only layer that retries.
package struct Retrier: Sendable {
  /// How long one operation is repeated at a service whose outage is noted, and how long its first answer may take.
  package static let patience = Haste.patience ?? .seconds(10)

  package var policy: RetryPolicy
  package var budget: RetryBudget
  var clock: any Clock<Duration>
  /// Once it is raised nothing is repeated any more.
  package var stop: StopSignal
  /// Where it is noted, and asked, whether the service is down; nil where nothing can take its place.
  package var outage: Outage?

  package init(
    policy: RetryPolicy = RetryPolicy(), budget: RetryBudget, clock: any Clock<Duration> = ContinuousClock(),
    stop: StopSignal = StopSignal()
  ) {
    self.policy = policy
    self.budget = budget
    self.clock = clock
    self.stop = stop
  }

  /// - Throws: the last attempt's error; `.interrupted` when a repetition was due and the run was to end;
  ///   `.unreachable` at once when the service is known to be down.
  package func run<Value: Sendable>(
    _ operation: () async throws(StorageError) -> Value
  ) async throws(StorageError) -> Value {
    guard let outage else { return try await repeated(operation) { _ in true } }
    let passage = try outage.pass()
    let isProbe = passage.isProbe
    let start = ContinuousClock.now
    do throws(StorageError) {
      let value = try await repeated(operation) { error in
        var asked = Duration.zero
        if case .throttled(after: let time?) = error.retry { asked = time }
        return !isProbe && start.duration(to: .now) + asked < Self.patience
      }
      outage.ended(passage)
      return value
    } catch {
      switch error.code {
      case .unreachable: outage.note(error)
      case .interrupted, .deadline: outage.abandoned(passage)
      default: outage.ended(passage)
      }
      throw error
    }
  }

  private func repeated<Value: Sendable>(
    _ operation: () async throws(StorageError) -> Value, while mayRepeat: (StorageError) -> Bool
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
          mayRepeat(error), budget.spend(on: error)
        else { throw error }
        guard await sleep(for: delay) else {
          throw StorageError(.interrupted, "interrupted while waiting to try again")
        }
      }
    }
  }

  /// Waits; false when the stop was raised, or the task cancelled, before the time was over.
  package func sleep(for duration: Duration) async -> Bool { await stop.sleep(for: duration / Haste.factor, on: clock) }
}
