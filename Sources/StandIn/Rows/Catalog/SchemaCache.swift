internal import Synchronization

/// The catalog as it was last read.
final class SchemaCache: Sendable {
  private let pool: PostgresPool
  private let current = Mutex<Catalog?>(nil)
  private let timezones = Mutex<Set<String>?>(nil)

  init(pool: PostgresPool) {
    self.pool = pool
  }

  /// Read now if it never was.
  func catalog() throws(RowsError) -> Catalog {
    if let catalog = current.withLock({ $0 }) { return catalog }
    return try reload()
  }

  /// Reads it again.
  func reload() throws(RowsError) -> Catalog {
    let catalog = try pool.withConnection(orFail: { _ in RowsError.noCatalog }) {
      connection throws(RowsError) -> Catalog in
      do throws(PostgresError) { return try CatalogReader(connection: connection).read() } catch {
        throw .noCatalog
      }
    }
    current.withLock { $0 = catalog }
    return catalog
  }

  func isTimezone(_ name: String) throws(RowsError) -> Bool {
    if let names = timezones.withLock({ $0 }) { return names.contains(name) }
    let names = try pool.withConnection(orFail: { _ in RowsError.noCatalog }) {
      connection throws(RowsError) -> Set<String> in
      do throws(PostgresError) {
        return Set(try connection.query("SELECT name FROM pg_timezone_names").rows.compactMap { $0.first ?? nil })
      } catch {
        throw .noCatalog
      }
    }
    timezones.withLock { $0 = names }
    return names.contains(name)
  }
}
