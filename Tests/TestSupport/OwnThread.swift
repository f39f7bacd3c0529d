import StandIn

/// Runs work that blocks on a thread of its own, so that it keeps no task from running.
package func onOwnThread<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    startThread { continuation.resume(with: Swift.Result { try work() }) }
  }
}
