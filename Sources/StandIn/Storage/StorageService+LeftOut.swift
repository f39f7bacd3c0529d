extension StorageService {
  /// The checks of the routes whose work is left out: signing, moving, copying, the CDN.
  func refuse(_ route: StorageRoute, _ request: StorageRequest) throws -> HTTPResponse {
    switch route {
    case .uploadSigned:
      if let contentType = request.http.headers["content-type"] {
        _ = try JSONBody.essence(of: contentType)
      }
      try checkToken(request)
    case .downloadSigned:
      try checkToken(request)
    case .sign:
      _ = try request.body(.signing)
      _ = try caller(of: request)
    case .signMany:
      _ = try request.body(.signingMany)
      _ = try caller(of: request)
    case .signUpload:
      _ = try JSONBody.json(of: request.http)
      _ = try caller(of: request)
    case .move:
      _ = try request.body(.moving)
      _ = try caller(of: request)
    case .copy:
      _ = try request.body(.copying)
      _ = try caller(of: request)
    case .purge:
      _ = try JSONBody.json(of: request.http, allowsEmpty: true)
      guard try caller(of: request).role == "service_role" else { throw StorageError.wrongRole }
      throw StorageError(
        status: 400, error: "MissingParameter",
        message: "Missing Required Parameter CDN_PURGE_ENDPOINT_URL is not set", code: "MissingParameter")
    default:
      break
    }
    throw StorageError.notInThisStandIn
  }

  /// A URL's token is verified like any other, but a bad one is an error of its own.
  private func checkToken(_ request: StorageRequest) throws {
    let token = try request.query(.tokenQuery)["token"]?.string ?? ""
    do throws(StorageAuthentication.Refusal) {
      _ = try authentication.verify(token[...])
    } catch {
      throw StorageError(status: 400, error: "InvalidJWT", message: error.message, code: "InvalidJWT")
    }
  }
}
