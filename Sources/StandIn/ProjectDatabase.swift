/// One project's database in a cluster, and how it looked when it was new.
package struct ProjectDatabase: Sendable {
  package let cluster: PostgresCluster
  package let name: String
  /// The database that `name` is a copy of.
  let template: String

  /// - Parameters:
  ///   - name: letters and digits.
  ///   - template: made with `makeTemplate`.
  package init(cluster: PostgresCluster, name: String, template: String) {
    self.cluster = cluster
    self.name = name
    self.template = template
  }

  package var conninfo: String { cluster.conninfo(database: name) }

  /// Where a login cannot read anything by itself, as PostgREST's.
  var authenticatorConninfo: String { cluster.conninfo(database: name, user: "authenticator") }

  package var url: String { cluster.url(database: name) }

  /// Makes it new, whether or not there is one. Whoever is connected is thrown out.
  package func recreate() throws(PostgresError) {
    let maintenance = try PostgresConnection(cluster.conninfo(database: "postgres"))
    try maintenance.query("drop database if exists \(name) with (force)")
    try maintenance.query("create database \(name) template \(template) strategy file_copy")
  }

  package func drop() throws(PostgresError) {
    try PostgresConnection(cluster.conninfo(database: "postgres")).query("drop database if exists \(name) with (force)")
  }

  package var exists: Bool {
    get throws(PostgresError) {
      let maintenance = try PostgresConnection(cluster.conninfo(database: "postgres"))
      return try !maintenance.query("select from pg_database where datname = $1", [PostgresParameter(name)]).rows
        .isEmpty
    }
  }

  /// Makes a database to copy projects from: a new Supabase project with the tables of Phase 1, or with what
  /// `schemaFile` makes on an empty database.
  /// One that is there is left alone.
  /// - Parameter opensTables: everything new in the schema public is open to all keys, as before 2026.
  package static func makeTemplate(
    _ name: String, in cluster: PostgresCluster, schemaFile: String? = nil, opensTables: Bool = false
  ) throws {
    let template = ProjectDatabase(cluster: cluster, name: name, template: "template1")
    if try template.exists { return }
    let unfinished = ProjectDatabase(cluster: cluster, name: "unfinished", template: "template1")
    try unfinished.recreate()
    try unfinished.makeSchema(schemaFile, opensTables: opensTables)
    try PostgresConnection(cluster.conninfo(database: "postgres")).query("alter database unfinished rename to \(name)")
  }

  private func makeSchema(_ schemaFile: String?, opensTables: Bool) throws {
    if let schemaFile {
      let program = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--file=\(schemaFile)"]
      let status = try ChildProcess(program + [url], descriptors: [-1, -1, 2]).wait()
      guard status == 0 else { throw ProcessError(description: "psql could not run \(schemaFile)") }
    }
    let connection = try PostgresConnection(conninfo)
    try connection.run(script: String(decoding: PackageResources.Roles_sql, as: UTF8.self))
    if opensTables {
      try connection.run(script: String(decoding: PackageResources.DefaultPrivileges_sql, as: UTF8.self))
    }
    if schemaFile == nil {
      try connection.run(script: String(decoding: PackageResources.Phase1_sql, as: UTF8.self))
    }
    for script in SupabaseProject.schemas {
      try connection.run(script: "reset all")
      try connection.run(script: String(decoding: script, as: UTF8.self))
    }
  }
}
