import FoundationEssentials

/// What of a project can be put back, taken away or switched off from outside.
struct ProjectState: Sendable {
  let database: ProjectDatabase
  let pools: [PostgresPool]
  /// The directory of the stored objects.
  let blobs: String
  let ownsCluster: Bool

  func reset() throws {
    closeConnections()
    try database.recreate()
    try FileManager.default.removeItem(atPath: blobs)
    try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
  }

  /// Stops PostgreSQL, or starts it again.
  func setDatabase(isUp: Bool) throws {
    guard ownsCluster else { throw ProcessError(description: "this PostgreSQL is shared") }
    if isUp {
      try database.cluster.start()
    } else {
      database.cluster.stop()
      closeConnections()
    }
  }

  private func closeConnections() {
    for pool in pools { pool.closeIdle() }
  }
}
