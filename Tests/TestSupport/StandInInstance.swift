import Glibc
package import StandIn
import Synchronization

/// A running Supabase project that belongs to the present test or suite.
package struct StandInInstance: Sendable {
  package typealias ETags = StandIn.ETags
  package typealias Fault = StandIn.Fault

  @TaskLocal static var inScope: StandInInstance?

  /// The project that the trait `.standIn` made.
  package static var current: StandInInstance {
    get throws {
      guard let inScope else { throw MissingTrait() }
      return inScope
    }
  }

  struct MissingTrait: Error, CustomStringConvertible {
    let description = "the test has no stand-in: mark it, or its suite, with the trait .standIn"
  }

  /// All projects with the Phase-1 tables share one PostgreSQL, which ends with the process.
  private static let shared: Result<ProjectHost, any Error> = Result {
    let host = try ProjectHost()
    atexit { (try? StandInInstance.shared.get())?.stop() }
    return host
  }
  private static let lastNumber = Atomic(0)

  private let standIn: SupabaseProject
  private let host: ProjectHost
  private let ownsCluster: Bool

  static func start(etags: ETags, maxRows: Int = 1000, ownsCluster: Bool, schemaFile: String?) throws -> StandInInstance
  {
    let host = try ownsCluster ? ProjectHost(schemaFile: schemaFile) : shared.get()
    let number = lastNumber.add(1, ordering: .relaxed).newValue
    let standIn = try host.start("project\(number)", etags: etags, maxRows: maxRows, isAlone: ownsCluster)
    return StandInInstance(standIn: standIn, host: host, ownsCluster: ownsCluster)
  }

  func stop() {
    standIn.stop()
    if ownsCluster {
      host.stop()
    } else {
      try? standIn.database.drop()
    }
  }

  /// `http://127.0.0.1:PORT`
  package var url: String { standIn.url }
  package var port: UInt16 { standIn.port }
  /// The legacy keys: tokens.
  package var serviceKey: String { standIn.keys.serviceRole }
  package var anonKey: String { standIn.keys.anon }
  /// The token of somebody who has signed in.
  package var userToken: String { standIn.keys.authenticated }
  /// `sb_secret_…` and `sb_publishable_…`.
  package var secretKey: String { standIn.keys.secret }
  package var publishableKey: String { standIn.keys.publishable }
  package var jwtSecret: String { String(decoding: standIn.keys.jwtSecret, as: UTF8.self) }
  var database: ProjectDatabase { standIn.database }
  /// For psql, as superuser.
  package var databaseURL: String { standIn.database.url }
  /// What a client's environment needs to reach it.
  package var environment: [String: String] {
    Dictionary(standIn.environment.map { ($0.name, $0.value) }) { first, _ in first }
  }

  /// The requests since the start, oldest first; at most the last 10 000.
  package func requests() -> [RequestLog.Entry] { standIn.requests.entries }
  /// How many requests there were since the start or `forgetRequests`.
  package var requestCount: Int { standIn.requests.count }
  package func forgetRequests() { standIn.requests.removeAll() }
  /// Waits until there were `count` requests on a route, written as a fault's, since the start or `forgetRequests`. A
  /// cancelled task waits no longer.
  package func wait(for count: Int = 1, on route: String) async {
    await standIn.requests.wait(for: count, on: route)
  }

  package func add(_ faults: Fault...) { standIn.faults.add(faults) }
  package func removeFaults() { standIn.faults.removeAll() }

  /// Makes the project new: tables, objects, faults, requests.
  package func reset() throws { try standIn.reset() }

  /// Takes an object's bytes away, or puts them back; its row stays.
  package func removeBlob(bucket: String, key: String) throws { try standIn.removeBlob(bucket: bucket, key: key) }
  package func restoreBlob(bucket: String, key: String) throws { try standIn.restoreBlob(bucket: bucket, key: key) }

  /// Gives objects that were made by SQL, those whose keys are like its pattern, the bytes that their rows tell of: zeroes.
  package func makeBlobs(like pattern: String) throws { try standIn.makeBlobs(like: pattern) }

  /// Opens the tables that are made from now on to all keys, as projects of before 2026 do.
  package func openNewTables() throws {
    try query("alter default privileges in schema public grant all on tables to anon, authenticated, service_role")
  }

  /// Runs one statement as superuser and returns its rows.
  @discardableResult
  package func query(_ sql: String, _ parameters: String?...) throws -> [[String?]] {
    let connection = try PostgresConnection(standIn.database.conninfo)
    return try connection.query(sql, parameters.map { PostgresParameter($0) }).rows
  }
}
