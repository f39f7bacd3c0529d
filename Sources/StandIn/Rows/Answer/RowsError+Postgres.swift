// PostgreSQL's errors as answers.

extension RowsError {
  /// - Parameter isAnonymous: the request ran as the anonymous role.
  init(_ error: PostgresError, isAnonymous: Bool) {
    guard let state = error.sqlState else {
      self.init(
        status: 503, code: "PGRST001", message: "Database client error. Retrying the connection.",
        details: .string(error.message))
      return
    }
    if state == "PGRST" {
      self = .raised(error)
      return
    }
    let status = Self.status(of: state, message: error.message, isAnonymous: isAnonymous)
    self.init(
      status: status, reason: state.hasPrefix("PT") ? error.message : nil, code: state, message: error.message,
      details: error.detail.map { .string($0) } ?? .null, hint: error.hint.map { .string($0) } ?? .null,
      headers: status == 401 ? ["WWW-Authenticate": "Bearer"] : [:])
  }

  static func noConnection(_ error: PostgresError) -> RowsError {
    RowsError(
      status: 503, code: "PGRST000", message: "Database connection error. Retrying the connection.",
      details: .string(error.message))
  }

  static let noFreeConnection = RowsError(
    status: 504, code: "PGRST003", message: "Timed out acquiring connection from connection pool.")

  static let noCatalog = RowsError(
    status: 503, code: "PGRST002", message: "Could not query the database for the schema cache. Retrying.")

  /// Whether the catalog that the request was understood with may be out of date.
  var mayComeFromOldCatalog: Bool {
    if code.hasPrefix("PGRST2") { return true }
    guard code.utf8.count == 5, code != "42501" else { return false }
    return code.hasPrefix("42") || code.hasPrefix("22")
  }

  private static func status(of state: String, message: String, isAnonymous: Bool) -> Int {
    switch state {
    case "23503", "23505": return 409
    case "25006": return 405
    case "21000": return message.hasSuffix("requires a WHERE clause") ? 400 : 500
    case "22023": return message.hasPrefix("role") && message.hasSuffix("does not exist") ? 401 : 400
    case "53400": return 500
    case "57P01": return 503
    case "P0001": return 400
    case "42883": return message.hasPrefix("function xmlagg(") ? 406 : 404
    case "42P01": return 404
    case "42P17": return 500
    case "42501": return isAnonymous ? 401 : 403
    default: break
    }
    switch state.prefix(2) {
    case "08", "53": return 503
    case "0L", "0P", "28": return 403
    case "09", "25", "2D", "38", "39", "3B", "40", "54", "55", "57", "58", "F0", "HV", "P0", "XX": return 500
    case "PT": return Int(state.dropFirst(2)) ?? 500
    default: return 400
    }
  }

  /// SQLSTATE `PGRST`: a function that words the whole answer, in the JSON of its message and detail.
  private static func raised(_ error: PostgresError) -> RowsError {
    guard let message = JSON(parsing: error.message.utf8),
      let code = message["code"]?.string, let text = message["message"]?.string
    else {
      return unreadableRaise(
        "Invalid JSON value for MESSAGE: '\(error.message)'",
        "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'.")
    }
    let detailHint =
      "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."
    guard let detail = error.detail else {
      return unreadableRaise("DETAIL is missing in the RAISE statement", detailHint)
    }
    guard let answer = JSON(parsing: detail.utf8),
      case .number(let number)? = answer["status"], let status = Int(exactly: number),
      case .object(let headers)? = answer["headers"]
    else {
      return unreadableRaise("Invalid JSON value for DETAIL: '\(detail)'", detailHint)
    }
    return RowsError(
      status: status, reason: answer["status_text"]?.string, code: code, message: text,
      details: message["details"] ?? .null, hint: message["hint"] ?? .null,
      headers: Dictionary(headers.compactMap { header in header.value.string.map { (header.name, $0) } }) { $1 })
  }

  private static func unreadableRaise(_ details: String, _ hint: String) -> RowsError {
    RowsError(
      status: 500, code: "PGRST121", message: "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
      details: .string(details), hint: .string(hint))
  }
}
