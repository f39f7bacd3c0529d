import Glibc

/// A Supabase project of one's own: Storage and rows behind a gateway on 127.0.0.1, over one database.
package final class StandIn: Sendable {
  /// Scripts that make what the services need in the database, each able to run again.
  static let schemas: [[UInt8]] = []

  package let keys = APIKeys()
  package let database: ProjectDatabase
  package var url: String { "http://127.0.0.1:\(server.port)" }

  private let directory: String
  private let server: HTTPServer
  private let pools: [PostgresPool]

  /// - Parameters:
  ///   - directory: where objects are kept; made when it is not there.
  ///   - port: 0 takes a free one.
  package init(database: ProjectDatabase, directory: String, port: UInt16 = 0) throws {
    self.database = database
    self.directory = directory
    mkdir(directory, 0o755)
    let superuser = PostgresPool(conninfo: database.conninfo)
    let authenticator = PostgresPool(conninfo: database.authenticatorConninfo)
    pools = [superuser, authenticator]
    let gateway = Gateway(
      storage: NoService(),
      rows: NoService(),
      keys: keys)
    server = try HTTPServer(port: port, service: gateway)
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
