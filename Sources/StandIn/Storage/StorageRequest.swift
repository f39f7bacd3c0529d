/// A request with its target split, and the checks every route begins with.
struct StorageRequest {
  let http: HTTPRequest
  let target: StorageTarget

  var isHead: Bool { http.method == "HEAD" }

  /// `If-None-Match`; an empty one counts as none.
  var condition: String? {
    http.headers["if-none-match"].flatMap { $0.isEmpty ? nil : $0 }
  }

  /// The JSON body, coerced by `schema`.
  func body(_ schema: RequestSchema) throws -> JSON {
    try Self.coerce(JSONBody.json(of: http) ?? .null, by: schema, at: "body")
  }

  /// The query's parameters, coerced by `schema`.
  func query(_ schema: RequestSchema) throws(StorageError) -> JSON {
    try Self.coerce(target.parameters, by: schema, at: "querystring")
  }

  private static func coerce(
    _ value: JSON, by schema: RequestSchema, at place: String
  ) throws(StorageError) -> JSON {
    do throws(RequestSchema.Violation) {
      return try schema.coerce(value, at: place)
    } catch {
      throw .validation(error.message)
    }
  }

  /// The last step of validation on routes that need a token.
  func requireAuthorization() throws(StorageError) {
    guard http.headers["authorization"] != nil else {
      throw .validation("headers must have required property 'authorization'")
    }
  }
}

extension StorageService {
  /// The caller of a route that needs a token. Call after body and query are validated.
  func caller(of request: StorageRequest) throws(StorageError) -> StorageCaller {
    try request.requireAuthorization()
    return try authentication.caller(of: request.http)
  }
}
