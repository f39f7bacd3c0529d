/// An answer, with control over what a real server leaves to its framework.
package struct HTTPResponse: Sendable {
  package enum Body: Sendable {
    /// No body and no Content-Length (204, 304).
    case none
    case bytes([UInt8])
    /// An empty body sent with `Transfer-Encoding: chunked`.
    case emptyChunked
    /// `range` of the file at `path`, streamed.
    case file(path: String, range: Range<Int64>)
  }

  /// What becomes of request bytes that the handler has not read.
  package enum UnreadBody: Sendable {
    /// They are read and thrown away; the connection stays usable.
    case drained
    /// Node's trap: the answer says keep-alive, up to 192 KiB of the body are still taken, then nobody reads any more
    /// and the next request on the connection gets no answer.
    case abandoned
  }

  /// How much of the answer goes out. Anything but `whole` ends the connection.
  package enum Delivery: Sendable {
    case whole
    /// The head and so many bytes of the body, then the connection is closed.
    case cut(after: Int)
    /// The head and so many bytes of the body (nil: not even the head), then silence until the client leaves.
    case stalled(after: Int?)
    /// These bytes in place of the answer.
    case raw([UInt8])
    /// Closed without an answer.
    case closed
    /// Reset without an answer.
    case reset
  }

  package var status: Int
  /// May be empty, as the TUS routes send it.
  package var reason: String
  /// Content-Length is derived from `body` unless it stands here (HEAD).
  package var headers: HTTPHeaders
  package var body: Body
  package var closesConnection = false
  package var unreadBody = UnreadBody.drained
  package var delivery = Delivery.whole

  package init(status: Int, reason: String, headers: HTTPHeaders = [:], body: Body = .bytes([])) {
    self.status = status
    self.reason = reason
    self.headers = headers
    self.body = body
  }
}

/// One of the services behind the gateway. Called on the threads of many connections at once.
package protocol HTTPService: Sendable {
  /// Throws `HTTPConnectionError` only: everything else is an answer.
  func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse
}
