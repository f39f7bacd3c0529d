internal import SQLite

/// The database of a local store that is to be recovered, as far as it can be opened.
final class DamagedDatabase {
  /// Nil when SQLite cannot read anything of it, and so nobody can write into it either.
  let database: Database?
  /// Whether there is nothing to recover.
  let isHealthy: Bool

  /// Throws for a database of another program or another version: that is not damage.
  /// - Parameter locked: whether nobody else can read or write it from now on.
  init(_ file: DatabaseFile, locked: Bool) throws {
    database = try Self.opened(file.pathToSalvage, locked: locked)
    isHealthy = try database.map(Self.isHealthy) ?? false
  }

  private static func opened(_ path: LocalPath, locked: Bool) throws(SQLiteError) -> Database? {
    do throws(SQLiteError) {
      let database = try Database(inspecting: path.bytes, schema: LocalDatabase.schema)
      if locked { try database.lockForGood() }
      return database
    } catch {
      guard case .damaged = error else { throw error }
      return nil
    }
  }

  private static func isHealthy(_ database: Database) throws(SQLiteError) -> Bool {
    do throws(SQLiteError) {
      guard try database.contradictions().isEmpty else { return false }
      return try database.brokenReferences().isEmpty
    } catch {
      guard case .damaged = error else { throw error }
      return false
    }
  }
}
