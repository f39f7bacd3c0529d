import Glibc

/// The sending side of one socket. Confined to the connection's thread.
final class HTTPOutput {
  private let socket: Int32
  private var head: [UInt8] = []

  init(socket: Int32) {
    self.socket = socket
  }

  func write(_ bytes: [UInt8], more: Bool = false) throws(HTTPConnectionError) {
    try write(bytes[...], more: more)
  }

  private func write(_ bytes: ArraySlice<UInt8>, more: Bool) throws(HTTPConnectionError) {
    let flags = Int32(MSG_NOSIGNAL) | (more ? Int32(MSG_MORE) : 0)
    let isSent = bytes.withUnsafeBytes { buffer in
      var sent = 0
      while sent < buffer.count {
        let count = send(socket, buffer.baseAddress?.advanced(by: sent), buffer.count - sent, flags)
        if count < 0, errno != EINTR { return false }
        sent += max(0, count)
      }
      return true
    }
    if !isSent { throw .gone }
  }

  /// - Parameters:
  ///   - withoutBody: the answer to HEAD.
  ///   - bodyLimit: only so many bytes of the body are sent; Content-Length still tells of all.
  func write(_ response: HTTPResponse, withoutBody: Bool, bodyLimit: Int = .max) throws(HTTPConnectionError) {
    appendHead(of: response)
    if withoutBody { return try write(head) }
    switch response.body {
    case .none:
      try write(head)
    case .emptyChunked:
      head += "0\r\n\r\n".utf8
      try write(head)
    case .bytes(let bytes) where bytes.count <= 16_384:
      head += bytes.prefix(bodyLimit)
      try write(head)
    case .bytes(let bytes):
      try write(head, more: bodyLimit > 0)
      try write(bytes.prefix(bodyLimit), more: false)
    case .file(let path, let range):
      let count = min(range.upperBound - range.lowerBound, Int64(bodyLimit))
      try write(head, more: count > 0)
      try sendFile(path, range.lowerBound..<(range.lowerBound + count))
    }
  }

  private func appendHead(of response: HTTPResponse) {
    head.removeAll(keepingCapacity: true)
    head += "HTTP/1.1 \(response.status) \(response.reason)\r\n".utf8
    for field in response.headers.fields {
      head += field.name.utf8
      head += ": ".utf8
      appendLatin1(field.value)
      head += "\r\n".utf8
    }
    let length: Int64? =
      switch response.body {
      case .none, .emptyChunked: nil
      case .bytes(let bytes): Int64(bytes.count)
      case .file(_, let range): range.upperBound - range.lowerBound
      }
    if let length, response.headers["Content-Length"] == nil { head += "Content-Length: \(length)\r\n".utf8 }
    if case .emptyChunked = response.body { head += "Transfer-Encoding: chunked\r\n".utf8 }
    head += "Date: ".utf8
    head += HTTPDate.now().utf8
    head += (response.closesConnection ? Self.lastFieldsClosing : Self.lastFields).utf8
  }

  private static let lastFields = "\r\nConnection: keep-alive\r\nKeep-Alive: timeout=61\r\n\r\n"
  private static let lastFieldsClosing = "\r\nConnection: close\r\n\r\n"

  private func appendLatin1(_ text: String) {
    if text.utf8.allSatisfy({ $0 < 0x80 }) {
      head += text.utf8
    } else {
      head += text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }
  }

  private func sendFile(_ path: String, _ range: Range<Int64>) throws(HTTPConnectionError) {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw .gone }
    defer { close(file) }
    var offset = off_t(range.lowerBound)
    while offset < range.upperBound {
      let sent = sendfile(socket, file, &offset, Int(range.upperBound) - offset)
      if sent > 0 || (sent < 0 && errno == EINTR) { continue }
      throw .gone  // the peer left, or the file shrank: the answer cannot be completed
    }
  }
}
