import CurlHTTP

/// Every kind of request to PostgREST, as a `Call`. Holds no connection and sends nothing.
package struct RowsClient: Sendable {
  let project: SupabaseProject

  package init(_ project: SupabaseProject) {
    self.project = project
  }
}

/// Rows and, where asked, how many there are in all.
package struct RowPage<Row: Sendable>: Sendable {
  package let rows: [Row]
  /// All rows the filters match. Nil unless counted.
  package let total: Int?
}

extension RowsClient {
  /// The most rows a server hands out at once; it may be set to fewer, and cuts silently.
  package static let pageLimit = 1000
  /// The most bytes of encoded query that are sent: every hop passes them.
  static let queryByteLimit = 8 * 1024

  /// Names and values of a query, in order.
  struct Query {
    private var parameters: [(name: String, value: String)] = []

    mutating func add(_ name: String, _ value: String) {
      parameters.append((name, value))
    }

    mutating func add(_ parameter: (name: String, value: String)) {
      parameters.append(parameter)
    }

    mutating func add(_ filters: [Filter]) throws(InvalidQuery) {
      for filter in filters { parameters.append(try filter.parameter) }
    }

    var encoded: String {
      guard !parameters.isEmpty else { return "" }
      let pairs = parameters.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
      return "?\(pairs.joined(separator: "&"))"
    }
  }

  /// A request to `table`; `query` states its parameters.
  func request(
    _ route: Route, _ path: String, prefer: [String] = [], json: [UInt8]? = nil,
    query: (inout Query) throws(InvalidQuery) -> Void = { _ in }
  ) throws(ServiceError) -> HTTPRequest {
    var parameters = Query()
    do {
      try query(&parameters)
    } catch {
      throw .unsent(route, error.message)
    }
    guard Column.isPlainName(route.name) else { throw .unsent(route, "not the name of a table or function") }
    let encoded = parameters.encoded
    guard encoded.utf8.count <= Self.queryByteLimit else {
      throw .unsent(route, as: .limit, "the query is longer than \(Self.queryByteLimit) bytes")
    }
    var headers = [HTTPField("Accept", "application/json")]
    if !prefer.isEmpty { headers.append(HTTPField("Prefer", prefer.joined(separator: ", "))) }
    if json != nil { headers.append(HTTPField("Content-Type", "application/json")) }
    return project.request(
      route, "\(path)\(route.name)\(encoded)", headers: headers, body: json.map { .bytes($0) } ?? .none)
  }
}
