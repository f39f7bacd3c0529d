package import StandIn
internal import StorageFiles

/// A connection of a test's own to its project's database. Its statements run one after another on a queue of its own,
/// so that one may wait for a lock that another session holds.
package actor DatabaseSession {
  package typealias Failure = StandIn.PostgresError

  private let executor = BlockingExecutor(label: "session")
  package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// The process that serves it in PostgreSQL.
  package nonisolated let processID: String
  private let connection: PostgresConnection

  fileprivate init(_ conninfo: String) throws(Failure) {
    connection = try PostgresConnection(conninfo)
    processID = try connection.query("select pg_backend_pid()").rows.first?.first.flatMap { $0 } ?? ""
  }

  @discardableResult
  package func query(_ sql: String, _ parameters: String?...) throws(Failure) -> [[String?]] {
    try query(sql, with: parameters)
  }

  package func query(_ sql: String, with parameters: [String?]) throws(Failure) -> [[String?]] {
    try connection.query(sql, parameters.map { PostgresParameter($0) }).rows
  }

  /// How many rows a statement inserted, updated or deleted.
  package func change(_ sql: String, _ parameters: String?...) throws(Failure) -> Int {
    try connection.query(sql, parameters.map { PostgresParameter($0) }).affected
  }

  /// The SQLSTATE that a statement fails with; nil when it does not.
  package func failure(_ sql: String, _ parameters: String?...) -> String? {
    do throws(Failure) {
      _ = try query(sql, with: parameters)
      return nil
    } catch {
      return error.sqlState ?? "no connection"
    }
  }

  /// Runs several statements that have no parameters.
  package func run(_ script: String) throws(Failure) {
    try connection.run(script: script)
  }

  /// Runs several steps without anybody between them.
  package func perform<Result: Sendable>(
    _ steps: @Sendable (isolated DatabaseSession) throws -> Result
  ) rethrows -> Result {
    try steps(self)
  }
}

extension StandInInstance {
  package func session() throws(DatabaseSession.Failure) -> DatabaseSession {
    try DatabaseSession(database.conninfo)
  }

  struct NotWaiting: Error, CustomStringConvertible {
    let description = "the session did not come to wait for a lock within ten seconds"
  }

  /// Comes back when the statement that the session is running waits for a lock.
  package func untilWaiting(_ session: DatabaseSession) async throws {
    let observer = try self.session()
    let deadline = ContinuousClock.now + .seconds(10)
    while try await observer.query("select cardinality(pg_blocking_pids($1::integer)) > 0", session.processID)
      .first?.first != "t"
    {
      if ContinuousClock.now > deadline { throw NotWaiting() }
    }
  }
}
