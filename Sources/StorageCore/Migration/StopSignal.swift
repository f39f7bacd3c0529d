import Synchronization

/// Somebody's wish that a run should end early. Raised once, from any thread; never lowered.
public final class StopSignal: Sendable {
  private struct State {
    var isRaised = false
    var reactions: [Int: @Sendable () -> Void] = [:]
    var nextKey = 0
  }
  private let state = Mutex(State())

  public init() {}

  public var isRaised: Bool { state.withLock { $0.isRaised } }

  /// Calls every waiting reaction, on the caller's thread.
  public func raise() {
    let reactions = state.withLock { state in
      state.isRaised = true
      defer { state.reactions = [:] }
      return Array(state.reactions.values)
    }
    for react in reactions { react() }
  }

  /// Calls `reaction` when the signal is raised while `body` runs; at once when it stands already.
  func withReaction<Value>(
    _ reaction: @escaping @Sendable () -> Void, _ body: () async -> Value
  ) async -> Value {
    let key: Int? = state.withLock { state in
      guard !state.isRaised else { return nil }
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
