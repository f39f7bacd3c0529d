/// Rows of tables and results of functions over HTTP, as PostgREST gives them.
package final class RowsService: HTTPService {
  /// The version of PostgREST whose behaviour this is.
  package static let version = "14.17"

  /// Bytes that request line and headers may have together.
  private static let maxHeadBytes = 50 * 1024

  private let database: RowsDatabase
  private let schemaCache: SchemaCache
  private let authentication: RowsAuthentication
  private let maxRows: Int

  /// - Parameters:
  ///   - pool: logs in as a role that was granted the roles of the tokens, and may do nothing by itself.
  ///   - jwtSecret: the key of the tokens' signatures.
  ///   - maxRows: rows that one answer holds at most.
  package init(pool: PostgresPool, jwtSecret: [UInt8], maxRows: Int) {
    database = RowsDatabase(pool: pool)
    schemaCache = SchemaCache(database: database)
    authentication = RowsAuthentication(secret: jwtSecret)
    self.maxRows = maxRows
  }

  package func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    let identity: RowsIdentity
    let catalog: Catalog
    do throws(RowsError) {
      guard request.headByteCount <= Self.maxHeadBytes else { throw .headTooLarge }
      identity = try authentication.identity(authorization: request.headers["Authorization"])
      catalog = try schemaCache.catalog()
    } catch {
      return finished(error.response, request)
    }
    let body = try request.body.readAll(limit: .max) ?? []
    do throws(RowsError) {
      return finished(try answer(request, body: body, identity: identity, catalog: catalog), request)
    } catch {
      return finished(error.response, request)
    }
  }

  private func finished(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse {
    var response = response
    response.headers.add("Server", "postgrest/" + Self.version)
    if request.method == "HEAD" { response.body = .none }
    return response
  }

  /// A second time with the catalog read anew when the first failed for something that is, or is not, in it.
  private func answer(
    _ request: HTTPRequest, body: [UInt8], identity: RowsIdentity, catalog: Catalog
  ) throws(RowsError) -> HTTPResponse {
    let understood = try RowsRequest(request, body: body, identity: identity) { name throws(RowsError) in
      try schemaCache.isTimezone(name)
    }
    do throws(RowsError) {
      return try answer(understood, catalog: catalog)
    } catch {
      guard error.mayComeFromOldCatalog else { throw error }
      let current = try schemaCache.reload()
      if current == catalog { throw error }
      return try answer(understood, catalog: current)
    }
  }

  private func answer(_ request: RowsRequest, catalog: Catalog) throws(RowsError) -> HTTPResponse {
    func table(_ name: String) throws(RowsError) -> TableAction {
      try TableAction(request, table: name, catalog: catalog, database: database, maxRows: maxRows)
    }
    func call(_ name: String, isReading: Bool) throws(RowsError) -> CallAction {
      try CallAction(
        request, function: name, isReading: isReading, catalog: catalog, database: database, maxRows: maxRows)
    }
    switch request.action {
    case .read(let name, let headersOnly):
      return try ReadAction(action: table(name), headersOnly: headersOnly).response()
    case .insert(let name): return try InsertAction(action: table(name)).response()
    case .upsertOne(let name): return try UpsertOneAction(action: table(name)).response()
    case .update(let name): return try UpdateAction(action: table(name)).response()
    case .delete(let name): return try DeleteAction(action: table(name)).response()
    case .describeTable(let name): return DescribeAction.response(try catalog.table(name))
    case .call(let name, let isReading, let headersOnly):
      return try call(name, isReading: isReading).response(headersOnly: headersOnly)
    case .describeFunction(let name):
      let action = try call(name, isReading: true)
      _ = try action.check()
      return DescribeAction.response(action.function)
    case .describeAPI(let headersOnly):
      return try OpenAPIAction(request: request, catalog: catalog, database: database).response(
        headersOnly: headersOnly)
    case .describeRoot: return DescribeAction.rootResponse()
    }
  }
}
