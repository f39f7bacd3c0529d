/// One request as it came off the socket. Its body is read only when somebody asks for it.
///
/// Confined to the thread of its connection.
package final class HTTPRequest {
  package let method: String
  /// Path and query as sent, byte for byte, less the gateway's prefix (`/storage/v1`, `/rest/v1`).
  package let target: [UInt8]
  package var headers: HTTPHeaders
  package let body: any HTTPRequestBody
  /// Bytes of the request line and all header lines.
  package let headByteCount: Int

  package init(method: String, target: [UInt8], headers: HTTPHeaders, body: any HTTPRequestBody, headByteCount: Int) {
    self.method = method
    self.target = target
    self.headers = headers
    self.body = body
    self.headByteCount = headByteCount
  }
}

/// The body of a request, still on the wire.
package protocol HTTPRequestBody: AnyObject {
  /// The announced length in bytes; nil when there is no Content-Length (no body, or a chunked one).
  var contentLength: Int64? { get }
  var isChunked: Bool { get }

  /// The next bytes, at most `limit`; empty at the end. Throws when the client went away.
  func read(upTo limit: Int) throws(HTTPConnectionError) -> [UInt8]
}

extension HTTPRequestBody {
  /// The whole body, or nil as soon as it is known to be longer than `limit` bytes.
  package func readAll(limit: Int) throws(HTTPConnectionError) -> [UInt8]? {
    if let contentLength, contentLength > Int64(limit) { return nil }
    var whole: [UInt8] = []
    while true {
      let part = try read(upTo: 65_536)
      if part.isEmpty { return whole }
      whole += part
      if whole.count > limit { return nil }
    }
  }
}

/// The client went away, or broke the framing of its body.
package enum HTTPConnectionError: Error {
  /// The peer reset or closed the connection.
  case gone
  /// The peer shut its sending side in the middle of a body.
  case endedEarly
  /// The chunked framing is broken.
  case badFraming
}
