internal import Dispatch

/// The connections that requests share: a limited number, for which the others wait.
struct RowsDatabase: Sendable {
  private static let connectionCount = 10
  private static let patience = DispatchTimeInterval.seconds(10)

  private let pool: PostgresPool
  private let free = DispatchSemaphore(value: connectionCount)

  init(pool: PostgresPool) {
    self.pool = pool
  }

  /// Lends a connection outside any transaction.
  func withConnection<Result>(
    _ body: (PostgresConnection) throws(RowsError) -> Result
  ) throws(RowsError) -> Result {
    guard free.wait(timeout: .now() + Self.patience) == .success else { throw .noFreeConnection }
    defer { free.signal() }
    return try pool.withConnection(orFail: { RowsError.noConnection($0) }, body)
  }
}
