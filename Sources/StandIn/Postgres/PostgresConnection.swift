internal import CSupastorePostgres

/// What PostgreSQL (or libpq, then without `sqlState`) said went wrong.
package struct PostgresError: Error, Sendable {
  /// Five characters; nil when there is no connection.
  package var sqlState: String?
  package var message: String
  package var detail: String?
  package var hint: String?
}

/// A value for `$1`, `$2`…, sent as text.
package struct PostgresParameter: Sendable {
  package static let untyped: UInt32 = 0
  package static let json: UInt32 = 114
  package static let jsonb: UInt32 = 3802

  /// The bytes of the text form, without NUL; nil is SQL NULL.
  package var text: [UInt8]?
  /// The type's oid; 0 lets PostgreSQL infer it.
  package var type: UInt32

  package init(_ text: [UInt8]?, type: UInt32 = untyped) {
    self.text = text
    self.type = type
  }

  package init(_ text: String?, type: UInt32 = untyped) {
    self.init(text.map { Array($0.utf8) }, type: type)
  }

  package init(_ number: Int64) {
    self.init(String(number))
  }
}

/// The rows of one statement, as text.
package struct PostgresRows: Sendable {
  package var rows: [[String?]]
  /// Rows inserted, updated, deleted or selected, as the command tag tells.
  package var affected: Int
}

/// The sole owner of one libpq connection; closed when the owner goes away. Used by one thread at a time.
package final class PostgresConnection {
  /// A statement as it is sent: what its parameters are changes what it means.
  private struct Statement: Hashable {
    var sql: String
    var types: [UInt32]
  }

  /// So many are kept prepared.
  private static let preparedLimit = 200

  private let pointer: OpaquePointer
  /// Those that came before, and their names on the server once they came twice.
  private var statements: [Statement: String?] = [:]
  private var preparedCount = 0

  /// - Parameter conninfo: as libpq takes it: `key=value` words or a `postgresql://` URL.
  package init(_ conninfo: String) throws(PostgresError) {
    guard let pointer = PQconnectdb(conninfo) else {
      throw PostgresError(sqlState: nil, message: "out of memory", detail: nil, hint: nil)
    }
    guard PQstatus(pointer) == CONNECTION_OK else {
      let message = String(cString: PQerrorMessage(pointer))
      PQfinish(pointer)
      throw PostgresError(sqlState: nil, message: message, detail: nil, hint: nil)
    }
    self.pointer = pointer
    PQsetNoticeProcessor(pointer, { _, _ in }, nil)
  }

  deinit { PQfinish(pointer) }

  /// Whether the connection can still be used.
  package var isAlive: Bool { PQstatus(pointer) == CONNECTION_OK }

  /// Whether no transaction is open, not even a failed one.
  package var isOutsideTransaction: Bool { PQtransactionStatus(pointer) == PQTRANS_IDLE }

  /// Runs one statement with parameters. One that comes again is prepared, for it will go on coming.
  @discardableResult
  package func query(_ sql: String, _ parameters: [PostgresParameter] = []) throws(PostgresError) -> PostgresRows {
    let texts: [UnsafeMutablePointer<CChar>?] = parameters.map { parameter in
      guard let text = parameter.text else { return nil }
      let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count + 1)
      text.withUnsafeBytes { UnsafeMutableRawBufferPointer(start: copy, count: $0.count).copyMemory(from: $0) }
      copy[text.count] = 0
      return copy
    }
    defer { for text in texts { text?.deallocate() } }
    let values = texts.map { UnsafePointer($0) }
    let types = parameters.map(\.type)
    let count = Int32(parameters.count)
    if count > 0, let name = try preparedName(of: Statement(sql: sql, types: types)) {
      return try Self.rows(PQexecPrepared(pointer, name, count, values, nil, nil, 0), on: pointer)
    }
    return try Self.rows(PQexecParams(pointer, sql, count, types, values, nil, nil, 0), on: pointer)
  }

  /// nil when the statement comes for the first time, or too many are prepared.
  private func preparedName(of statement: Statement) throws(PostgresError) -> String? {
    guard let known = statements[statement] else {
      if statements.count == Self.preparedLimit { statements = statements.filter { $0.value != nil } }
      if statements.count < Self.preparedLimit { statements[statement] = .some(nil) }
      return nil
    }
    if let known { return known }
    let name = "statement\(preparedCount)"
    try Self.rows(
      PQprepare(pointer, name, statement.sql, Int32(statement.types.count), statement.types), on: pointer)
    preparedCount += 1
    statements[statement] = name
    return name
  }

  /// Runs a script of several statements without parameters; the last one's rows are thrown away.
  package func run(script: String) throws(PostgresError) {
    _ = try Self.rows(PQexec(pointer, script), on: pointer)
  }

  @discardableResult
  private static func rows(_ result: OpaquePointer?, on connection: OpaquePointer) throws(PostgresError) -> PostgresRows
  {
    defer { PQclear(result) }
    switch PQresultStatus(result) {
    case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
      break
    default:
      func field(_ code: UInt8) -> String? {
        PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
      }
      throw PostgresError(
        sqlState: field(UInt8(ascii: "C")),
        message: field(UInt8(ascii: "M")) ?? String(cString: PQerrorMessage(connection)),
        detail: field(UInt8(ascii: "D")), hint: field(UInt8(ascii: "H")))
    }
    let columnCount = PQnfields(result)
    let rows = (0..<PQntuples(result)).map { row in
      (0..<columnCount).map { column -> String? in
        if PQgetisnull(result, row, column) == 1 { return nil }
        let bytes = UnsafeRawBufferPointer(
          start: PQgetvalue(result, row, column), count: Int(PQgetlength(result, row, column)))
        return String(decoding: bytes, as: UTF8.self)
      }
    }
    return PostgresRows(rows: rows, affected: Int(String(cString: PQcmdTuples(result))) ?? 0)
  }
}
