/// An answer that is an error, in PostgREST's form.
struct RowsError: Error, Equatable, Sendable {
  var status: Int
  /// Where the usual phrase is not said.
  var reason: String?
  var code: String
  var message: String
  var details: JSON = .null
  var hint: JSON = .null
  /// Beside Content-Type and Proxy-Status.
  var headers: [String: String] = [:]
  /// The whole body as text/plain, where the server breaks off.
  var plainText: String?

  var body: String {
    plainText
      ?? (["code": .string(code), "details": details, "hint": hint, "message": .string(message)] as JSON).shortText
  }

  var response: HTTPResponse {
    var response = HTTPResponse(
      status: status, reason: reason ?? reasonPhrase(status),
      headers: [
        "Content-Type": plainText == nil ? "application/json; charset=utf-8" : "text/plain; charset=utf-8"
      ], body: .bytes(Array(body.utf8)))
    if plainText == nil { response.headers.add("Proxy-Status", "PostgREST; error=" + code) }
    for (name, value) in headers.sorted(by: { $0.key < $1.key }) { response.headers.add(name, value) }
    if status == 503 { response.headers.add("Retry-After", "0") }
    return response
  }
}

extension RowsError {
  static let somethingWentWrong = RowsError(
    status: 500, code: "", message: "", plainText: "Something went wrong")
  static let headTooLarge = RowsError(status: 400, code: "", message: "", plainText: "Bad Request")

  static func unreadableQuery(_ message: String, details: String) -> RowsError {
    RowsError(status: 400, code: "PGRST100", message: message, details: .string(details))
  }

  static func invalidCallMethod(_ method: String) -> RowsError {
    RowsError(status: 405, code: "PGRST101", message: "Cannot use the \(method) method on RPC")
  }

  static func invalidBody(_ message: String) -> RowsError {
    RowsError(status: 400, code: "PGRST102", message: message)
  }

  static func invalidRange(_ details: String) -> RowsError {
    RowsError(
      status: 416, code: "PGRST103", message: "Requested range not satisfiable", details: .string(details))
  }

  static let invalidUpsertFilters = RowsError(
    status: 405, code: "PGRST105",
    message: "Filters must include all and only primary key columns with 'eq' operators")

  static func invalidSchema(_ name: String) -> RowsError {
    RowsError(
      status: 406, code: "PGRST106", message: "Invalid schema: \(name)",
      hint: .string("Only the following schemas are exposed: \(RowsRequest.schema)"))
  }

  static func notAcceptable(_ types: [MediaType]) -> RowsError {
    let names = types.map(\.name).joined(separator: ", ")
    return RowsError(status: 406, code: "PGRST107", message: "None of these media types are available: \(names)")
  }

  static func notEmbedded(_ resource: String) -> RowsError {
    RowsError(
      status: 400, code: "PGRST108", message: "'\(resource)' is not an embedded resource in this request",
      hint: .string("Verify that '\(resource)' is included in the 'select' query parameter."))
  }

  static let invalidResponseHeaders = RowsError(
    status: 500, code: "PGRST111",
    message: "response.headers guc must be a JSON array composed of objects with a single key and a string value")
  static let invalidResponseStatus = RowsError(
    status: 500, code: "PGRST112", message: "response.status guc must be a valid status code")
  static let limitedUpsert = RowsError(
    status: 400, code: "PGRST114", message: "limit/offset querystring parameters are not allowed for PUT")
  static let upsertOfAnother = RowsError(
    status: 400, code: "PGRST115", message: "Payload values do not match URL in primary key column(s)")

  static func notSingular(_ rows: Int) -> RowsError {
    RowsError(
      status: 406, code: "PGRST116", message: "Cannot coerce the result to a single JSON object",
      details: .string("The result contains \(rows) rows"))
  }

  static func relatedOrder(_ resource: String, of origin: String) -> RowsError {
    RowsError(
      status: 400, code: "PGRST118", message: "A related order on '\(resource)' is not possible",
      details: .string("'\(origin)' and '\(resource)' do not form a many-to-one or one-to-one relationship"))
  }

  static func unsupportedMethod(_ method: String) -> RowsError {
    RowsError(status: 405, code: "PGRST117", message: "Unsupported HTTP method: \(method)")
  }

  static func unknownPreferences(_ words: [String]) -> RowsError {
    RowsError(
      status: 400, code: "PGRST122", message: "Invalid preferences given with handling=strict",
      details: .string("Invalid preferences: " + words.joined(separator: ", ")))
  }

  static let aggregatesAreOff = RowsError(
    status: 400, code: "PGRST123", message: "Use of aggregate functions is not allowed")

  static func tooManyAffected(_ rows: Int) -> RowsError {
    RowsError(
      status: 400, code: "PGRST124", message: "Query result exceeds max-affected preference constraint",
      details: .string("The query affects \(rows) rows"))
  }

  static let invalidPath = RowsError(
    status: 404, code: "PGRST125", message: "Invalid path specified in request URL")

  static let maxAffectedOfOne = RowsError(
    status: 400, code: "PGRST128",
    message: "Function must return SETOF or TABLE when max-affected preference is used with handling=strict")
}
