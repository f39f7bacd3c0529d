internal import StorageDigests
internal import StorageModel
internal import StorageSQLite

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
      guard try database.brokenReferences().isEmpty else { return false }
      return try tellsOneStory(database)
    } catch {
      guard case .damaged = error else { throw error }
      return false
    }
  }

  /// Whether the row of every file can be read, and tells of the content that its object has. Throws `.damaged` for one
  /// that cannot.
  private static func tellsOneStory(_ database: Database) throws(SQLiteError) -> Bool {
    var files = try database.prepare("SELECT \(LocalDatabase.fileColumns) FROM files")
    var object = try database.prepare("SELECT sha256, size_bytes FROM objects WHERE bucket = ? AND key = ?")
    while try files.step() {
      let file = try FileRow(files)
      try object.bind([.text(file.bucket), .text(file.storagePath)])
      defer { object.reset() }
      // One without an object has lost its content, which no recovery brings back.
      guard try object.step() else { continue }
      guard let sha256 = object.value(0).text.flatMap({ SHA256Digest(hex: $0) }),
        object.integer(1) >= 0, file.isOf(sha256, byteCount: object.integer(1))
      else { return false }
    }
    return true
  }
}
