internal import Synchronization

/// The catalog as it was last read.
final class SchemaCache: Sendable {
  private let database: RowsDatabase
  private let current = Mutex<Catalog?>(nil)
  private let timezones = Mutex<Set<String>?>(nil)

  init(database: RowsDatabase) {
    self.database = database
  }

  /// Read now if it never was.
  func catalog() throws(RowsError) -> Catalog {
    if let catalog = current.withLock({ $0 }) { return catalog }
    return try reload()
  }

  /// Reads it again.
  func reload() throws(RowsError) -> Catalog {
    let catalog = try read { connection throws(PostgresError) in try CatalogReader(connection: connection).read() }
    current.withLock { $0 = catalog }
    return catalog
  }

  func isTimezone(_ name: String) throws(RowsError) -> Bool {
    if let names = timezones.withLock({ $0 }) { return names.contains(name) }
    let names = try read { connection throws(PostgresError) in
      Set(try connection.query("SELECT name FROM pg_timezone_names").rows.compactMap { $0.first ?? nil })
    }
    timezones.withLock { $0 = names }
    return names.contains(name)
  }

  private func read<Result>(
    _ body: (PostgresConnection) throws(PostgresError) -> Result
  ) throws(RowsError) -> Result {
    do throws(RowsError) {
      return try database.withConnection { connection throws(RowsError) in
        do throws(PostgresError) { return try body(connection) } catch { throw .noCatalog }
      }
    } catch {
      throw .noCatalog
    }
  }
}
