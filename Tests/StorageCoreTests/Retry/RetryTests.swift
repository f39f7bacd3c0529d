import StorageModel
import StorageRunning
import Testing

@Suite struct RetryTests {
  private func error(_ retry: StorageError.Retry) -> StorageError {
    StorageError(.unreachable, "no answer", retry: retry)
  }

  @Test func `waits double from 200 milliseconds and end after six attempts`() {
    let policy = RetryPolicy()
    let delays = (1...6).map { policy.delay(after: error(.soon), failures: $0, fraction: 1) }
    #expect(delays == [200, 400, 800, 1600, 3200].map { Duration.milliseconds($0) } + [nil])
  }

  @Test func `a busy service is given a second, or as long as it asks`() {
    let policy = RetryPolicy()
    #expect(policy.delay(after: error(.throttled(after: nil)), failures: 1, fraction: 1) == .seconds(1))
    #expect(policy.delay(after: error(.throttled(after: .seconds(90))), failures: 1, fraction: 0) == .seconds(90))
    #expect(policy.delay(after: error(.throttled(after: .seconds(121))), failures: 1, fraction: 0) == nil)
  }

  @Test func `what may be a lasting fault is tried twice, and what never passes once`() {
    let policy = RetryPolicy()
    #expect(policy.delay(after: error(.once), failures: 1, fraction: 1) != nil)
    #expect(policy.delay(after: error(.once), failures: 2, fraction: 1) == nil)
    #expect(policy.delay(after: error(.never), failures: 1, fraction: 1) == nil)
  }

  @Test func `an operation is repeated until it succeeds`() async throws {
    let clock = InstantClock()
    let attempts = Count()
    let value = try await Retrier(budget: RetryBudget(), clock: clock).run { () async throws(StorageError) in
      let attempt = attempts.add(1)
      if attempt < 4 { throw error(.throttled(after: .seconds(5))) }
      return attempt
    }
    #expect(value == 4)
    #expect(clock.waited >= .seconds(15))
  }

  @Test func `an operation that never succeeds ends with its last error`() async {
    let attempts = Count()
    await #expect(throws: error(.soon)) {
      try await Retrier(budget: RetryBudget(), clock: InstantClock()).run { () async throws(StorageError) in
        _ = attempts.add(1)
        throw error(.soon)
      }
    }
    #expect(attempts.add(0) == 6)
  }

  @Test func `a raised stop ends the waiting`() async {
    let clock = InstantClock()
    let stop = StopSignal()
    let attempts = Count()
    let failure = await #expect(throws: StorageError.self) {
      try await Retrier(budget: RetryBudget(), clock: clock, stop: stop).run { () async throws(StorageError) in
        if attempts.add(1) == 2 { stop.raise() }
        throw error(.throttled(after: .seconds(100)))
      }
    }
    #expect(failure?.code == .interrupted)
    #expect(attempts.add(0) == 2)
    #expect(clock.waited == .seconds(100))
  }

  @Test func `a run that fails all the time soon has no retries left`() async {
    let retrier = Retrier(budget: RetryBudget(), clock: InstantClock())
    let attempts = Count()
    for _ in 0..<100 {
      try? await retrier.run { () async throws(StorageError) in
        _ = attempts.add(1)
        throw error(.soon)
      }
    }
    #expect(attempts.add(0) == 100 + 500 / 14)
  }

  @Test func `five failures in a row speak of the service, one success against it`() {
    var breaker = CircuitBreaker()
    for _ in 0..<4 { breaker.failed(error(.soon)) }
    #expect(!breaker.isOpen)
    breaker.failed(error(.throttled(after: nil)))
    #expect(breaker.isOpen)
    breaker.succeeded()
    #expect(!breaker.isOpen)
    for _ in 0..<20 { breaker.failed(error(.once)) }
    #expect(!breaker.isOpen)
  }

  @Test func `concurrency grows with success and halves in trouble`() {
    var limit = ConcurrencyLimit(highest: 6)
    #expect(limit.current == 4)
    for _ in 0..<100 { limit.succeeded() }
    #expect(limit.current == 6)
    limit.sawTrouble()
    #expect(limit.current == 3)
    for _ in 0..<5 { limit.sawTrouble() }
    #expect(limit.current == 1)
  }
}
