import FoundationEssentials

/// A Supabase project of one's own: Storage and rows behind a gateway on 127.0.0.1, over one database.
package final class SupabaseProject: Sendable {
  /// Scripts that make what the services need in the database, each able to run again.
  static let schemas: [[UInt8]] = [PackageResources.Storage_sql]

  package let keys = APIKeys()
  package let database: ProjectDatabase
  package let faults = FaultPlan()
  package let requests = RequestLog()
  package var url: String { "http://127.0.0.1:\(port)" }
  package var port: UInt16 { server.port }

  private let server: HTTPServer
  private let pools: [PostgresPool]
  private let control: ControlService

  /// - Parameters:
  ///   - directory: where objects are kept; made when it is not there.
  ///   - port: 0 takes a free one.
  ///   - maxRows: the most rows that an answer holds.
  ///   - ownsCluster: PostgreSQL may be stopped on request.
  package init(
    database: ProjectDatabase, directory: String, port: UInt16 = 0, etags: ETags = .md5, maxRows: Int = 1000,
    ownsCluster: Bool = false
  ) throws {
    self.database = database
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let superuser = PostgresPool(conninfo: database.conninfo)
    let authenticator = PostgresPool(conninfo: database.authenticatorConninfo)
    pools = [superuser, authenticator]
    let storage = StorageService(pool: superuser, directory: directory, jwtSecret: keys.jwtSecret, etags: etags)
    let rows = RowsService(pool: authenticator, jwtSecret: keys.jwtSecret, maxRows: maxRows)
    let gateway = Gateway(storage: storage, rows: rows, keys: keys)
    control = ControlService(
      project: ProjectState(
        database: database, pools: pools, storage: storage, blobs: directory, ownsCluster: ownsCluster),
      faults: faults, requests: requests)
    server = try HTTPServer(
      port: port,
      service: FrontDoor(
        control: control,
        project: LoggingService(
          FaultyService(gateway, faults: faults, loseBytes: storage.loseBytes(uploadedTo:)), log: requests)))
  }

  /// Takes the bytes of an object away; its row stays.
  package func removeBlob(bucket: String, key: String) throws {
    try control.project.setHidden(true, bucket: bucket, key: key)
  }

  /// Puts them back.
  package func restoreBlob(bucket: String, key: String) throws {
    try control.project.setHidden(false, bucket: bucket, key: key)
  }

  /// Gives objects that were made by SQL, those whose keys are like its pattern, the bytes that their rows tell of.
  package func makeBlobs(like pattern: String) throws {
    try control.project.storage.makeBlobs(like: pattern)
  }

  /// Makes the project new: tables, objects, faults, counts.
  package func reset() throws {
    try control.reset()
  }

  /// Ends every connection and thread. Needed, or the stand-in lives for ever.
  package func stop() {
    server.stop()
    for pool in pools { pool.closeIdle() }
  }

  /// What somebody needs to use the project, as environment variables.
  package var environment: [(name: String, value: String)] {
    [
      ("SUPABASE_URL", url),
      ("SUPABASE_SERVICE_ROLE_KEY", keys.serviceRole),
      ("SUPABASE_ANON_KEY", keys.anon),
      ("STANDIN_DATABASE_URL", database.url),
      ("STANDIN_JWT_SECRET", String(decoding: keys.jwtSecret, as: UTF8.self)),
      ("STANDIN_SECRET_KEY", keys.secret),
      ("STANDIN_PUBLISHABLE_KEY", keys.publishable),
    ]
  }
}
