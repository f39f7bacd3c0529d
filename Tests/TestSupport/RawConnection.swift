import Glibc

/// A client's socket on which every byte is chosen. Blocks; used by one thread at a time.
package final class RawConnection {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  private var socket: Int32
  private var received: [UInt8] = []

  package init(port: UInt16) throws {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafeBytes(of: &address) { bytes in
      connect(socket, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
    }
    guard result == 0 else { throw Failure(description: "cannot connect: \(String(cString: strerror(errno)))") }
    setTimeout(seconds: 60)
  }

  deinit { closeNow() }

  /// How long a `send` or `receive` may wait.
  package func setTimeout(seconds: Int) {
    var time = timeval(tv_sec: seconds, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(socket, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
  }

  package func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  /// Sends all; a peer that has closed is no failure, for its answer may still be there to read.
  package func send(_ bytes: [UInt8]) throws {
    try send(bytes, untilAnswered: false)
  }

  /// Sends until something can be read.
  package func sendUntilAnswered(_ bytes: [UInt8]) throws {
    try send(bytes, untilAnswered: true)
  }

  private func send(_ bytes: [UInt8], untilAnswered: Bool) throws {
    var sent = 0
    while sent < bytes.count {
      if untilAnswered {
        if !received.isEmpty { return }
        var polled = pollfd(fd: socket, events: Int16(POLLIN | POLLOUT), revents: 0)
        guard poll(&polled, 1, 60_000) > 0 else { throw Failure(description: "the server takes no more of the body") }
        if polled.revents & Int16(POLLIN) != 0 { return }
      }
      let count = bytes.withUnsafeBytes { buffer in
        Glibc.send(
          socket, buffer.baseAddress?.advanced(by: sent), min(buffer.count - sent, 65_536), Int32(MSG_NOSIGNAL))
      }
      if count < 0 {
        if errno == EINTR { continue }
        if errno == EPIPE || errno == ECONNRESET { return }
        throw Failure(description: "cannot send: \(String(cString: strerror(errno)))")
      }
      sent += count
    }
  }

  /// The next bytes; none at the end, also at a reset.
  package func receive() throws -> [UInt8] {
    if !received.isEmpty {
      defer { received = [] }
      return received
    }
    var result = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, count in
      // With a timeout set, a stopped and continued process finds the call interrupted.
      repeat { result = recv(socket, buffer.baseAddress, buffer.count, 0) } while result < 0 && errno == EINTR
      count = max(0, result)
    }
    if result < 0, errno == EAGAIN || errno == EWOULDBLOCK { throw TimedOut() }
    return bytes
  }

  package struct TimedOut: Error {}

  /// Gives back bytes that were received too early.
  package func unreceive(_ bytes: some Collection<UInt8>) {
    received = Array(bytes) + received
  }

  package func shutDownSending() { shutdown(socket, Int32(SHUT_WR)) }

  package func closeNow() {
    if socket >= 0 { close(socket) }
    socket = -1
  }

  /// Drops the connection so that the server sees a reset.
  package func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    closeNow()
  }
}
