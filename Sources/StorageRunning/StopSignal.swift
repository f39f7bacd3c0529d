import Synchronization

/// Somebody's wish that a run should end early. Raised once, from any thread; never lowered.
public final class StopSignal: Sendable {
  /// Why it was raised.
  public enum Reason: Sendable {
    /// What is under way is finished as far as it can be.
    case interrupted
    /// The time that was set is over: nothing is waited for.
    case deadline
  }

  private struct State {
    var reason: Reason?
    var reactions: [Int: @Sendable () -> Void] = [:]
    var nextKey = 0
  }
  private let state = Mutex(State())

  /// Not raised.
  public init() {}

  /// Whether it was, for whatever reason.
  public var isRaised: Bool { reason != nil }

  /// Why it was raised first.
  public var reason: Reason? { state.withLock { $0.reason } }

  /// Calls every waiting reaction, on the caller's thread.
  public func raise(_ reason: Reason = .interrupted) {
    let reactions = state.withLock { state in
      if state.reason == nil { state.reason = reason }
      defer { state.reactions = [:] }
      return Array(state.reactions.values)
    }
    for react in reactions { react() }
  }

  /// Waits; false when the signal was raised, or the task cancelled, before the time was over.
  public func sleep(for duration: Duration, on clock: any Clock<Duration> = ContinuousClock()) async -> Bool {
    var rest = duration
    while rest > .zero, !isRaised, !Task.isCancelled {
      let slice = min(rest, .milliseconds(100))
      try? await clock.sleep(for: slice)
      rest -= slice
    }
    return !isRaised && !Task.isCancelled
  }

  /// Calls `reaction` when the signal is raised while `body` runs; at once when it stands already.
  package func withReaction<Value>(
    _ reaction: @escaping @Sendable () -> Void, _ body: () async -> Value
  ) async -> Value {
    let key: Int? = state.withLock { state in
      guard state.reason == nil else { return nil }
      defer { state.nextKey += 1 }
      state.reactions[state.nextKey] = reaction
      return state.nextKey
    }
    if key == nil { reaction() }
    let value = await body()
    if let key { state.withLock { _ = $0.reactions.removeValue(forKey: key) } }
    return value
  }
}
