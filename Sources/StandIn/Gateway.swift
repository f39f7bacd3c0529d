/// What stands before the services: strips their prefixes and swaps the newer keys for tokens.
struct Gateway: HTTPService {
  let storage: any HTTPService
  let rows: any HTTPService
  let keys: APIKeys

  func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    // Recorded exchanges ask the storage process itself whether it still listens.
    if request.target.elementsEqual("/status".utf8) { return try storage.respond(to: request) }
    for (prefix, service) in [("/storage/v1", storage), ("/rest/v1", rows)] {
      guard let target = Self.remove(prefix, from: request.target) else { continue }
      var headers = request.headers
      if let token = keys.authorization(replacing: headers["Authorization"], forKey: headers["apikey"]) {
        headers["Authorization"] = token
      }
      return try service.respond(
        to: HTTPRequest(
          method: request.method, target: target, headers: headers, body: request.body,
          headByteCount: request.headByteCount))
    }
    return .json(404, "Not Found", #"{"message":"no Route matched with those values"}"#)
  }

  /// The target as the service behind `prefix` gets it; nil when it is another's.
  static func remove(_ prefix: String, from target: [UInt8]) -> [UInt8]? {
    guard target.starts(with: prefix.utf8) else { return nil }
    let rest = target[prefix.utf8.count...]
    switch rest.first {
    case UInt8(ascii: "/"): return Array(rest)
    case nil, UInt8(ascii: "?"): return Array("/".utf8) + rest
    default: return nil
    }
  }
}

extension HTTPResponse {
  static func json(_ status: Int, _ reason: String, _ body: String) -> HTTPResponse {
    HTTPResponse(
      status: status, reason: reason, headers: ["Content-Type": "application/json; charset=utf-8"],
      body: .bytes(Array(body.utf8)))
  }
}
