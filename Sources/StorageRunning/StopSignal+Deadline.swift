extension StopSignal {
  private enum End<Value: Sendable>: Sendable {
    case body(Value)
    case time
    /// The waiting for the time was given up.
    case nothing
  }

  /// Runs `body`; at the deadline the signal is raised and the body's task cancelled, which ends every request at once.
  package func raised<Value: Sendable>(
    at deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async -> Value
  ) async -> Value {
    await withTaskGroup(of: End<Value>.self) { group in
      group.addTask { .body(await body()) }
      group.addTask {
        do {
          try await Task.sleep(until: deadline, clock: .continuous)
          return .time
        } catch {
          return .nothing
        }
      }
      while let end = await group.next() {
        switch end {
        case .body(let value):
          group.cancelAll()
          return value
        case .time:
          raise(.deadline)
          group.cancelAll()
        case .nothing: break
        }
      }
      preconditionFailure("the group held the body")
    }
  }
}
