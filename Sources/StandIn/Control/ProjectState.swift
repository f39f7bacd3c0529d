import FoundationEssentials

/// What of a project can be put back, taken away or switched off from outside.
struct ProjectState: Sendable {
  let database: ProjectDatabase
  let pools: [PostgresPool]
  let storage: StorageService
  /// The directory of the stored objects.
  let blobs: String
  let ownsCluster: Bool

  /// - Parameter environment: settings of the real Storage that the stand-in knows, for the new project.
  func reset(environment: [String: String]) throws {
    storage.settings = StorageSettings(environment: environment)
    closeConnections()
    try database.recreate()
    try FileManager.default.removeItem(atPath: blobs)
    try FileManager.default.createDirectory(atPath: blobs, withIntermediateDirectories: true)
  }

  /// Takes the bytes of an object away, or puts them back; its row stays.
  func setHidden(_ isHidden: Bool, bucket: String, key: String) throws {
    try storage.setBlobHidden(isHidden, bucket: bucket, key: key)
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
