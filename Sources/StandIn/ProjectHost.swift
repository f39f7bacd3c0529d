import CSupastoreLinux
import FoundationEssentials
import Glibc

/// The PostgreSQL cluster and the directory under which the stand-ins of one process live.
package final class ProjectHost: Sendable {
  private static let template = "project_template"

  package let cluster: PostgresCluster
  /// Holds the socket and, unless the data is to be kept, everything else; goes away with the process.
  private let watched: WatchedDirectory
  private let directory: String
  private let keepsData: Bool

  /// - Parameters:
  ///   - directory: where the data is kept for a later start; nil when it is not.
  ///   - schemaFile: makes the tables of each new project in place of Phase 1. Only for a directory without data.
  ///   - opensTables: everything new in the schema public is open to all keys, as before 2026. Only for a directory
  ///     without data.
  package init(directory: String? = nil, schemaFile: String? = nil, opensTables: Bool = false) throws {
    watched = try WatchedDirectory(prefix: "standin")
    self.directory = directory ?? watched.path
    keepsData = directory != nil
    if let directory { try Self.prepare(directory, schemaFile: schemaFile) }
    cluster = try PostgresCluster(directory: "\(self.directory)/postgres", socketDirectory: "\(watched.path)/s")
    do {
      try ProjectDatabase.makeTemplate(Self.template, in: cluster, schemaFile: schemaFile, opensTables: opensTables)
    } catch {
      stop()
      throw error
    }
  }

  private static func prepare(_ directory: String, schemaFile: String?) throws {
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    if schemaFile != nil, access("\(directory)/postgres/PG_VERSION", F_OK) == 0 {
      throw ProcessError(description: "\(directory) holds a project already: a schema is for a new one")
    }
  }

  /// Starts one more project, new unless kept data of that name is there.
  ///
  /// - Parameters:
  ///   - name: of the database and the directory of blobs; lower-case letters and digits.
  ///   - maxRows: the most rows that an answer holds.
  ///   - isAlone: nobody else uses the host, so that the control routes may stop PostgreSQL.
  package func start(
    _ name: String, port: UInt16 = 0, etags: ETags = .md5, maxRows: Int = 1000, isAlone: Bool
  ) throws -> SupabaseProject {
    let database = ProjectDatabase(cluster: cluster, name: name, template: Self.template)
    if try !database.exists { try database.recreate() }
    return try SupabaseProject(
      database: database, directory: "\(directory)/\(name)-blobs", port: port, etags: etags,
      maxRows: maxRows, ownsCluster: isAlone)
  }

  /// Ends PostgreSQL and removes what is not kept. The stand-ins have to be stopped before.
  package func stop() {
    cluster.stop(keepingData: keepsData)
    watched.remove()
  }
}
