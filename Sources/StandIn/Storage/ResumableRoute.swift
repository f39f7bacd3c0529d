/// A route of the resumable (TUS) uploads. Only their authentication and protocol checks are here yet.
struct ResumableRoute {
  let method: String
  /// Authenticated by an upload token in `x-signature` rather than by `Authorization`.
  let isSigned: Bool

  init?(method: String, _ target: StorageTarget) {
    self.method = method
    var rest = target.segments.dropFirst(2).map { String(decoding: $0, as: UTF8.self) }
    isSigned = rest.first == "sign"
    if isSigned { rest.removeFirst() }
    if rest.last == "" { rest.removeLast() }
    let isCollection = rest.isEmpty
    switch method {
    case "OPTIONS", "PUT", "DELETE", "POST": break
    case "HEAD", "PATCH": if isCollection { return nil }
    default: return nil
    }
    guard rest.count <= 1 else { return nil }
  }

  /// Answers from the upload library have an empty reason phrase and a body of plain text.
  private static func plain(_ status: Int, _ text: String) -> HTTPResponse {
    HTTPResponse(
      status: status, reason: "",
      headers: ["content-type": "text/plain;charset=UTF-8", "tus-resumable": "1.0.0"], body: .bytes(Array(text.utf8)))
  }

  /// - Parameter limit: of an object, in bytes.
  func response(to request: HTTPRequest, limit: Int64, _ authentication: StorageAuthentication) -> HTTPResponse {
    if method == "OPTIONS" { return options(limit: limit) }
    if let refusal = refusal(of: request, authentication) { return refusal }
    switch request.headers["tus-resumable"] {
    case nil: return Self.plain(412, "Tus-Resumable Required\n")
    case "1.0.0": break
    default: return Self.plain(400, "Invalid tus-resumable\n")
    }
    if method == "PUT" { return Self.plain(404, "Not found\n") }
    return StorageError.notInThisStandIn.response(hasSchema: false)
  }

  private func refusal(of request: HTTPRequest, _ authentication: StorageAuthentication) -> HTTPResponse? {
    guard isSigned else {
      do throws(StorageError) {
        _ = try authentication.caller(of: request)
        return nil
      } catch {
        return error.response(hasSchema: false)
      }
    }
    var message = "Missing x-signature header"
    if let token = request.headers["x-signature"], !token.isEmpty {
      do throws(StorageAuthentication.Refusal) {
        _ = try authentication.verify(token[...])
        return nil
      } catch {
        message = error.message
      }
    }
    var response = Self.plain(400, message)
    response.closesConnection = method == "PATCH"
    return response
  }

  private func options(limit: Int64) -> HTTPResponse {
    HTTPResponse(
      status: 204, reason: "",
      headers: [
        "access-control-allow-methods": "POST, HEAD, PATCH, OPTIONS, DELETE", "access-control-max-age": "86400",
        "tus-extension": "creation,creation-with-upload,creation-defer-length,termination,expiration",
        "tus-max-size": String(limit), "tus-resumable": "1.0.0", "tus-version": "1.0.0",
      ], body: .none)
  }
}
