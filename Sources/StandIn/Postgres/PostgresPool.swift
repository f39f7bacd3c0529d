import Synchronization

/// Connections to one database, kept open between uses. Safe to use from many threads.
package final class PostgresPool: Sendable {
  private let conninfo: String
  private let idle = Mutex(Shelf())

  private struct Shelf {
    var connections: [Idle] = []
    /// Counts how often all were closed: a connection lent before is not taken back.
    var generation = 0
  }

  /// A connection on its way from one thread to the next.
  ///
  /// Unchecked: a connection is reachable either from `idle`, under the mutex, or from the one `withConnection` call
  /// that took it out, never from both.
  private struct Idle: @unchecked Sendable { let connection: PostgresConnection }

  package init(conninfo: String) {
    self.conninfo = conninfo
  }

  /// Lends a connection outside any transaction. One that died or is left inside a
  /// transaction is closed afterwards, which rolls back.
  package func withConnection<Result, Failure: Error>(
    orFail convert: (PostgresError) -> Failure,
    _ body: (PostgresConnection) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    var (connection, generation) = idle.withLock { ($0.connections.popLast()?.connection, $0.generation) }
    if connection?.isAlive == false { connection = nil }
    let lent: PostgresConnection
    do throws(PostgresError) {
      if let connection { lent = connection } else { lent = try PostgresConnection(conninfo) }
    } catch {
      throw convert(error)
    }
    defer {
      if lent.isAlive, lent.isOutsideTransaction {
        let back = Idle(connection: lent)
        idle.withLock { shelf in
          if shelf.generation == generation { shelf.connections.append(back) }
        }
      }
    }
    return try body(lent)
  }

  /// Closes every idle connection, and those lent now when they come back (for the database goes away).
  package func closeIdle() {
    idle.withLock { shelf in
      shelf.connections.removeAll()
      shelf.generation += 1
    }
  }
}
