import FoundationEssentials
import Glibc

/// A Supabase project of one's own: Storage and rows behind a gateway on 127.0.0.1, over one database.
package final class StandIn: Sendable {
  /// Scripts that make what the services need in the database, each able to run again.
  static let schemas: [[UInt8]] = []

  /// What the ETag of an object uploaded in one request is.
  package enum ETags: String, CaseIterable, Sendable {
    /// The MD5 of its bytes, as on the file back end.
    case md5
    /// As on S3: above 16 MiB the MD5 of its parts' MD5s.
    case multipart
  }

  package let keys = APIKeys()
  package let database: ProjectDatabase
  package let faults = FaultPlan()
  package let requests = RequestLog()
  package var url: String { "http://127.0.0.1:\(server.port)" }

  private let directory: String
  private let server: HTTPServer
  private let pools: [PostgresPool]
  private let control: ControlService

  /// - Parameters:
  ///   - directory: where objects are kept; made when it is not there.
  ///   - port: 0 takes a free one.
  ///   - ownsCluster: PostgreSQL may be stopped on request.
  package init(
    database: ProjectDatabase, directory: String, port: UInt16 = 0, etags: ETags = .md5, ownsCluster: Bool = false
  ) throws {
    self.database = database
    self.directory = directory
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    let superuser = PostgresPool(conninfo: database.conninfo)
    let authenticator = PostgresPool(conninfo: database.authenticatorConninfo)
    pools = [superuser, authenticator]
    let gateway = Gateway(
      storage: NoService(),
      rows: RowsService(pool: authenticator, jwtSecret: keys.jwtSecret, maxRows: 1000),
      keys: keys)
    control = ControlService(
      project: ProjectState(
        database: database, pools: pools, blobs: directory, ownsCluster: ownsCluster), faults: faults,
      requests: requests)
    server = try HTTPServer(
      port: port,
      service: FrontDoor(
        control: control, project: LoggingService(FaultyService(gateway, faults: faults), log: requests)))
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

/// Stands where a service is to come.
private struct NoService: HTTPService {
  func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    .json(404, "Not Found", #"{"message":"not there yet"}"#)
  }
}
