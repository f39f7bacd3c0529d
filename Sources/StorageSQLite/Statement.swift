internal import CSupastoreSQLite

/// The sole owner of one compiled statement. It belongs to the same thread, queue or actor as its database.
public struct Statement: ~Copyable {
  private let statement: OpaquePointer
  private let connection: OpaquePointer

  init(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) {
    statement = try Self.compiled(sql, on: connection)
    self.connection = connection
  }

  deinit { sqlite3_finalize(statement) }

  private static func compiled(_ sql: String, on connection: OpaquePointer) throws(SQLiteError) -> OpaquePointer {
    var statement: OpaquePointer?
    let code = sqlite3_prepare_v3(connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
    guard code == SQLITE_OK else { throw SQLiteError(code: code, message: message(of: connection, code)) }
    guard let statement else { throw .failed(code: SQLITE_MISUSE, message: "there is no statement in the text") }
    return statement
  }

  /// Starts again with these values for its parameters, in their order. Missing ones are NULL.
  public mutating func bind(_ values: [SQLiteValue]) throws(SQLiteError) {
    reset()
    for (index, value) in values.enumerated() {
      try check(bind(value, at: Int32(index + 1)))
    }
  }

  private func bind(_ value: SQLiteValue, at index: Int32) -> Int32 {
    switch value {
    case .null: sqlite3_bind_null(statement, index)
    case .integer(let integer): sqlite3_bind_int64(statement, index, integer)
    case .text(let text): sqlite3_bind_text(statement, index, text, Int32(clamping: text.utf8.count), copied)
    // Without bytes there may be no address, and a null one would bind NULL.
    case .blob([]): sqlite3_bind_zeroblob(statement, index, 0)
    case .blob(let bytes): sqlite3_bind_blob64(statement, index, bytes, UInt64(bytes.count), copied)
    }
  }

  /// Goes to the next row; false after the last one.
  public mutating func step() throws(SQLiteError) -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw SQLiteError(code: code, message: message(of: connection, code))
    }
  }

  /// Runs to the end with these values; rows are passed over.
  public mutating func run(_ values: [SQLiteValue]) throws(SQLiteError) {
    try bind(values)
    while try step() {}
    reset()
  }

  /// Gives up the row it stands on, and with it the lock that reading takes.
  public mutating func reset() {
    // The code repeats what the last step has thrown already.
    sqlite3_reset(statement)
    sqlite3_clear_bindings(statement)
  }

  /// The value in a column of the current row, counted from 0.
  public func value(_ column: Int) -> SQLiteValue {
    let column = Int32(column)
    switch sqlite3_column_type(statement, column) {
    case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
    case SQLITE_TEXT:
      guard let text = sqlite3_column_text(statement, column) else { return .null }
      let count = Int(sqlite3_column_bytes(statement, column))
      return .text(String(decoding: UnsafeBufferPointer(start: text, count: count), as: UTF8.self))
    case SQLITE_BLOB:
      guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
      return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column)))))
    // We store no fractions; a foreign one is rounded towards zero by SQLite.
    case SQLITE_FLOAT: return .integer(sqlite3_column_int64(statement, column))
    default: return .null
    }
  }

  /// 0 for what is no number.
  public func integer(_ column: Int) -> Int64 {
    sqlite3_column_int64(statement, Int32(column))
  }

  private func check(_ code: Int32) throws(SQLiteError) {
    guard code == SQLITE_OK else { throw SQLiteError(code: code, message: message(of: connection, code)) }
  }
}

/// A value in a row.
public enum SQLiteValue: Hashable, Sendable {
  case null
  case integer(Int64)
  case text(String)
  case blob([UInt8])

  public var text: String? { if case .text(let text) = self { text } else { nil } }
  public var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
  public var blob: [UInt8]? { if case .blob(let blob) = self { blob } else { nil } }
}

/// SQLITE_TRANSIENT, a cast that C macros do and Swift does not import: SQLite takes a copy before the call returns.
private var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension Statement {
  /// The text of a column that is never NULL.
  public borrowing func text(_ column: Int) throws(SQLiteError) -> String {
    guard let text = value(column).text else { throw .damaged("a column without its text") }
    return text
  }
}

extension SQLiteValue {
  /// NULL of nil.
  public init(_ text: String?) {
    self = text.map { .text($0) } ?? .null
  }
}
