import CSupastoreLinux
import Glibc

/// Serves the requests of one connection, one after another. Confined to the connection's thread.
final class HTTPConnection {
  /// Bytes of an abandoned body that are still taken.
  static let abandonedLimit: Int64 = 196_608
  /// How long an abandoned connection is left open, in milliseconds.
  static let abandonedTimeout: Int32 = 62_000

  private let socket: Int32
  private let service: any HTTPService
  private let input: HTTPInput
  private let output: HTTPOutput

  init(socket: Int32, service: any HTTPService) {
    self.socket = socket
    self.service = service
    input = HTTPInput(socket: socket)
    output = HTTPOutput(socket: socket)
    var yes: Int32 = 1
    setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Returns when the connection is to be closed.
  func serve() {
    do throws(HTTPConnectionError) {
      while try serveOne() {}
    } catch {
      // The peer is gone: there is nobody to tell.
    }
  }

  /// Whether another request may follow.
  private func serveOne() throws(HTTPConnectionError) -> Bool {
    let bytes: [UInt8]
    do throws(HTTPConnectionError) {
      guard let next = try input.readHead() else { return false }
      bytes = next
    } catch {
      guard error != .gone else { throw error }
      try refuse(error == .badFraming ? .headTooLarge : .clientError)
      return false
    }
    let head: HTTPHead
    do throws(HTTPHead.Malformed) {
      head = try HTTPHead(bytes)
    } catch {
      try refuse(.clientError)
      return false
    }
    if head.expectsContinue { try output.write(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)) }
    let body = SocketBody(input: input, framing: head.framing)
    let request = HTTPRequest(
      method: head.method, target: head.target, headers: head.headers, body: body, headByteCount: bytes.count)
    var response: HTTPResponse
    do throws(HTTPConnectionError) {
      response = try service.respond(to: request)
    } catch {
      guard error != .gone else { throw error }
      try refuse(.clientError)
      return false
    }
    if head.expectsContinue, body.readByteCount == 0 { waitForBytes(milliseconds: 100) }
    if !head.keepsConnection { response.closesConnection = true }
    return try answer(response, to: head.method, unread: body)
  }

  private func answer(
    _ response: HTTPResponse, to method: String, unread body: SocketBody
  ) throws(HTTPConnectionError) -> Bool {
    switch response.delivery {
    case .whole:
      try output.write(response, withoutBody: method == "HEAD")
    case .cut(let count):
      try output.write(response, withoutBody: method == "HEAD", bodyLimit: count)
      return false
    case .stalled(let count):
      if let count { try output.write(response, withoutBody: method == "HEAD", bodyLimit: count) }
      waitUntilGone(milliseconds: -1)
      return false
    case .raw(let bytes):
      try output.write(bytes)
      return false
    case .closed:
      return false
    case .reset:
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      return false
    }
    if response.closesConnection {
      try closeSlowly()
      return false
    }
    switch response.unreadBody {
    case .drained:
      return try body.drain(upTo: .max)
    case .abandoned:
      if try body.drain(upTo: Self.abandonedLimit) { return true }
      waitUntilGone(milliseconds: Self.abandonedTimeout)
      return false
    }
  }

  private func refuse(_ response: HTTPResponse) throws(HTTPConnectionError) {
    try output.write(response, withoutBody: false)
    try closeSlowly()
  }

  /// Lets the peer read the answer before bytes it still sends would make the kernel reset the connection.
  private func closeSlowly() throws(HTTPConnectionError) {
    shutdown(socket, Int32(SHUT_WR))
    var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    while poll(&polled, 1, 2000) > 0 { _ = try input.skip(upTo: .max) }
  }

  /// A client that waited for `100 Continue` is given the time to see it alone: some lose an answer that comes with it.
  private func waitForBytes(milliseconds: Int32) {
    var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    poll(&polled, 1, milliseconds)
  }

  /// Sits there without reading until the peer, or the server's end, closes the connection.
  private func waitUntilGone(milliseconds: Int32) {
    var polled = pollfd(fd: socket, events: Int16(LINUX_POLLRDHUP), revents: 0)
    poll(&polled, 1, milliseconds)
  }
}

extension HTTPResponse {
  /// What Node answers when its parser gives up.
  package static var clientError: HTTPResponse {
    var response = HTTPResponse(
      status: 400, reason: "Bad Request", headers: ["Content-Type": "application/json"],
      body: .bytes(Array(#"{"error":"Bad Request","message":"Client Error","statusCode":400}"#.utf8)))
    response.closesConnection = true
    return response
  }

  static var headTooLarge: HTTPResponse {
    var response = HTTPResponse(status: 431, reason: "Request Header Fields Too Large")
    response.closesConnection = true
    return response
  }
}
