extension HTTPResponse {
  /// An answer of the framework's JSON serialiser.
  static func json(
    _ value: JSON, status: Int = 200, contentType: String = "application/json; charset=utf-8"
  ) -> HTTPResponse {
    HTTPResponse(
      status: status, reason: reason(for: status), headers: ["content-type": contentType], body: .bytes(value.bytes))
  }

  static func text(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(
      status: status, reason: reason(for: status), headers: ["content-type": "text/plain; charset=utf-8"],
      body: .bytes(Array(text.utf8)))
  }

  static func message(_ message: String) -> HTTPResponse {
    .json(["message": .string(message)])
  }

  /// The answer to a HEAD request: what GET would say, without the body.
  var withoutBody: HTTPResponse {
    var response = self
    switch body {
    case .bytes(let bytes):
      if headers["content-length"] == nil { response.headers.add("content-length", String(bytes.count)) }
    case .file(_, let range):
      if headers["content-length"] == nil { response.headers.add("content-length", String(range.count)) }
    case .none, .emptyChunked:
      break
    }
    response.body = .none
    return response
  }

  static func reason(for status: Int) -> String {
    switch status {
    case 200: "OK"
    case 204: "No Content"
    case 206: "Partial Content"
    case 304: "Not Modified"
    case 400: "Bad Request"
    case 403: "Forbidden"
    case 404: "Not Found"
    case 412: "Precondition Failed"
    case 413: "Payload Too Large"
    case 416: "Range Not Satisfiable"
    case 429: "Too Many Requests"
    case 431: "Request Header Fields Too Large"
    case 500: "Internal Server Error"
    case 501: "Not Implemented"
    default: "unknown"
    }
  }

  /// An answer of the HTTP parser or the router, given before any route is known.
  static func early(_ status: Int, _ members: JSON) -> HTTPResponse {
    HTTPResponse(
      status: status, reason: reason(for: status), headers: ["Content-Type": "application/json"],
      body: .bytes(members.bytes))
  }

  /// The HTTP parser's refusal of what is no request.
  static var parserRefusal: HTTPResponse {
    .early(400, ["error": "Bad Request", "message": "Client Error", "statusCode": .number(400)])
  }

  static var headOverLimit: HTTPResponse {
    .early(
      431,
      [
        "error": "Request Header Fields Too Large", "message": "Exceeded maximum allowed HTTP header size",
        "statusCode": .number(431),
      ])
  }

  static func badURL(_ target: String) -> HTTPResponse {
    .early(
      400,
      [
        "error": "Bad Request", "code": "FST_ERR_BAD_URL",
        "message": .string("'\(target)' is not a valid url component"), "statusCode": .number(400),
      ])
  }
}
