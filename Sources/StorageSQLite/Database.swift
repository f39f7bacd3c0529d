internal import CSupastoreSQLite
internal import Glibc

/// One connection to one SQLite database. It belongs to one thread, queue or actor at a time.
///
/// Rollback journal, foreign keys on, functions of the schema not trusted.
public final class Database {
  /// What of a committed transaction outlives the machine's losing its power.
  public enum Durability: String, Sendable {
    /// The database stays whole; in rare cases the last transactions are lost.
    case normal = "NORMAL"
    /// Every committed transaction.
    case extra = "EXTRA"
  }

  public enum Location: Sendable {
    /// The bytes of a path without a NUL; made when missing. No component of it may be a symbolic link.
    case file([UInt8])
    /// A private database that lives in memory while it is small, then on disk, and ends with its connection.
    case temporary
  }

  let connection: OpaquePointer
  /// Nil for a temporary one.
  private let path: [UInt8]?

  private init(
    _ location: Location, creates: Bool, durability: Durability, busyTimeout: Duration
  ) throws(SQLiteError) {
    path = if case .file(let path) = location { path } else { nil }
    connection = try Self.open(location, creates ? SQLITE_OPEN_CREATE : 0)
    try check(sqlite3_extended_result_codes(connection, 1))
    try check(sqlite3_busy_timeout(connection, busyTimeout.milliseconds))
    try execute(
      """
      PRAGMA trusted_schema=OFF; PRAGMA foreign_keys=ON; PRAGMA cell_size_check=ON;
      PRAGMA synchronous=\(durability.rawValue)
      """)
  }

  /// Opens a database and sees to it that it is the one `schema` describes.
  /// - Parameter creates: whether a missing or empty one is made so; else it throws.
  public convenience init(
    _ location: Location, schema: Schema, durability: Durability = .normal, creates: Bool = true,
    busyTimeout: Duration = .seconds(10)
  ) throws(SQLiteError) {
    try self.init(location, creates: creates, durability: durability, busyTimeout: busyTimeout)
    try establish(schema, creates)
    if case .file = location { try execute("PRAGMA journal_mode=TRUNCATE") }
  }

  /// Opens a database that may be damaged, of any version that `schema` knows, and leaves it as it is; only what a
  /// killed process left half written is undone, as by any reader.
  public convenience init(
    inspecting path: [UInt8], schema: Schema, busyTimeout: Duration = .seconds(10)
  ) throws(SQLiteError) {
    try self.init(.file(path), creates: false, durability: .extra, busyTimeout: busyTimeout)
    guard try integer("SELECT count(*) FROM sqlite_schema") > 0 else { throw .damaged("it is empty") }
    try checkOwner(schema)
    let version = try version
    guard version == schema.version || schema.upgrades[version] != nil else {
      throw .otherVersion(found: version, expected: schema.version)
    }
  }

  deinit {
    // Statements that outlive their connection keep it half open; the last of them closes it.
    sqlite3_close_v2(connection)
  }

  private static func open(_ location: Location, _ creation: Int32) throws(SQLiteError) -> OpaquePointer {
    let path: [UInt8] =
      switch location {
      case .file(let path): path
      case .temporary: []
      }
    var connection: OpaquePointer?
    let flags = SQLITE_OPEN_READWRITE | creation | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW
    let code = (path + [0]).withUnsafeBufferPointer { buffer in
      buffer.withMemoryRebound(to: CChar.self) { sqlite3_open_v2($0.baseAddress, &connection, flags, nil) }
    }
    guard code == SQLITE_OK, let connection else {
      let error = SQLiteError(code: code, message: message(of: connection, code))
      sqlite3_close_v2(connection)
      throw error
    }
    return connection
  }

  private func establish(_ schema: Schema, _ creates: Bool) throws(SQLiteError) {
    if try integer("SELECT count(*) FROM sqlite_schema") == 0 {
      guard creates else { throw .damaged("it is empty") }
      try transaction { () throws(SQLiteError) in
        // Another process may have made it while this one waited for the lock.
        guard try integer("SELECT count(*) FROM sqlite_schema") == 0 else { return }
        let found = try integer("PRAGMA application_id")
        guard found == 0 || found == schema.applicationID else {
          throw .foreign(applicationID: Int32(truncatingIfNeeded: found))
        }
        try execute("PRAGMA application_id=\(schema.applicationID); PRAGMA user_version=\(schema.version)")
        try execute(schema.creation)
      }
    }
    try checkOwner(schema)
    if schema.upgrades[try version] != nil {
      // What is damaged is not written to.
      try check()
      try transaction { () throws(SQLiteError) in try upgrade(to: schema) }
    }
    let version = try version
    guard version == schema.version else { throw .otherVersion(found: version, expected: schema.version) }
  }

  private func checkOwner(_ schema: Schema) throws(SQLiteError) {
    let applicationID = Int32(truncatingIfNeeded: try integer("PRAGMA application_id"))
    guard applicationID == schema.applicationID else { throw .foreign(applicationID: applicationID) }
  }

  private var version: Int32 {
    get throws(SQLiteError) { Int32(truncatingIfNeeded: try integer("PRAGMA user_version")) }
  }

  private func upgrade(to schema: Schema) throws(SQLiteError) {
    var version = try version
    while version < schema.version, let statements = schema.upgrades[version] {
      try execute(statements)
      version += 1
    }
    try execute("PRAGMA user_version=\(version)")
  }

  /// Runs statements that take and give nothing.
  public func execute(_ sql: String) throws(SQLiteError) {
    try check(sqlite3_exec(connection, sql, nil, nil, nil))
  }

  /// Compiles one statement, to be run many times.
  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    try Statement(sql, on: connection)
  }

  /// Runs `body` in one transaction that takes the write lock at once; undone as a whole when `body` throws. Throws
  /// `.moved` when another file has the database's name by now: what is written to this one would be lost.
  @discardableResult
  public func transaction<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
    try execute("BEGIN IMMEDIATE")
    do throws(SQLiteError) {
      // Under the lock: whoever puts another file in its place holds it too.
      if isMoved { throw .moved }
      let result = try body()
      try execute("COMMIT")
      return result
    } catch {
      // Some errors have rolled back already; what failed is told, not that there was nothing left to undo.
      if sqlite3_get_autocommit(connection) == 0 { sqlite3_exec(connection, "ROLLBACK", nil, nil, nil) }
      throw error
    }
  }

  /// Whether its name leads to another file by now, or to none.
  private var isMoved: Bool {
    if path == nil { return false }
    var moved: Int32 = 0
    return sqlite3_file_control(connection, "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0
  }

  /// Runs `body` on one state of the database, whatever others write meanwhile; `body` only reads.
  public func reading<Result>(_ body: () throws(SQLiteError) -> Result) throws(SQLiteError) -> Result {
    try execute("BEGIN")
    defer { sqlite3_exec(connection, "ROLLBACK", nil, nil, nil) }
    return try body()
  }

  /// Looks through the whole database for pages that contradict each other or are cut off. Throws `.damaged` when
  /// there are.
  public func check() throws(SQLiteError) {
    try reading { () throws(SQLiteError) in
      try checkPages()
      try checkLength()
    }
  }

  var isInTransaction: Bool { sqlite3_get_autocommit(connection) == 0 }

  /// SQLite takes what is missing of the last page for zeros.
  func checkLength() throws(SQLiteError) {
    guard let path else { return }
    // First: from here on no commit of another process changes the length, when this is part of a transaction.
    let byteCount = try integer("PRAGMA page_count") * integer("PRAGMA page_size")
    var status = stat()
    // Opening it here would, at its closing, drop the locks of this process.
    let code = (path + [0]).withUnsafeBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.map { stat($0, &status) }
    }
    guard code == 0 else { throw .cannotOpen("error \(errno) when it is looked at") }
    guard Int64(status.st_size) >= byteCount else {
      throw .damaged("\(byteCount - Int64(status.st_size)) of its \(byteCount) bytes are missing")
    }
  }

  private func checkPages() throws(SQLiteError) {
    var statement = try prepare("PRAGMA quick_check(1)")
    guard try statement.step() else { throw .damaged("it cannot be checked") }
    guard let finding = statement.value(0).text, finding == "ok" else {
      throw .damaged(statement.value(0).text ?? "it cannot be checked")
    }
  }

  /// How many rows the last statement inserted, changed or removed.
  public var changedRowCount: Int { Int(sqlite3_changes64(connection)) }

  /// The only column of the only row.
  private func integer(_ sql: String) throws(SQLiteError) -> Int64 {
    var statement = try prepare(sql)
    guard try statement.step() else { throw .damaged("no answer to \(sql)") }
    return statement.integer(0)
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(code: code, message: message(of: connection, code)) }
  }
}

/// SQLite's words for what went wrong last on a connection.
func message(of connection: OpaquePointer?, _ code: Int32) -> String {
  guard let text = connection.flatMap({ sqlite3_errmsg($0) }) ?? sqlite3_errstr(code) else { return "code \(code)" }
  return String(cString: text)
}

extension Duration {
  fileprivate var milliseconds: Int32 {
    Int32(clamping: components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000)
  }
}
