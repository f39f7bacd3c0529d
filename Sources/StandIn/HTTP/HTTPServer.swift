import CSupastoreLinux
import Dispatch
import Glibc
import Synchronization

/// Why a server could not be started.
package struct HTTPServerError: Error, CustomStringConvertible {
  package let description: String
}

/// A listening socket on 127.0.0.1 with one thread a connection; I/O blocks.
package final class HTTPServer: Sendable {
  package let port: UInt16
  private let listener: Int32
  private let service: any HTTPService
  private let state = Mutex(State())
  private let threads = DispatchGroup()

  private struct State {
    var isStopping = false
    /// Sockets that a thread still uses. A thread takes its own out before it closes it, so none here is ever stale.
    var connections: Set<Int32> = []
  }

  /// - Parameter port: 0 takes a free one.
  package init(port: UInt16 = 0, service: any HTTPService) throws(HTTPServerError) {
    signal(SIGPIPE, SIG_IGN)  // sendfile(2) has no MSG_NOSIGNAL
    (listener, self.port) = try Self.listen(on: port)
    self.service = service
    threads.enter()
    startThread { [self] in
      accept()
      threads.leave()
    }
  }

  /// Breaks every connection and waits until all threads have ended. Needed, or the server lives for ever.
  package func stop() {
    let isFirst = state.withLock { state in
      defer { state.isStopping = true }
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
      return !state.isStopping
    }
    if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    threads.wait()
  }

  private static func listen(on port: UInt16) throws(HTTPServerError) -> (socket: Int32, port: UInt16) {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
      return bind(listener, pointer, size) == 0 && Glibc.listen(listener, 1024) == 0
        && getsockname(listener, pointer, &size) == 0
    }
    guard isListening else {
      let reason = String(cString: strerror(errno))
      close(listener)
      throw HTTPServerError(description: "cannot listen on 127.0.0.1:\(port): \(reason)")
    }
    return (listener, UInt16(bigEndian: address.sin_port))
  }

  private func accept() {
    while true {
      let connection = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      if connection < 0 {
        if errno == EINVAL || errno == EBADF { break }  // stopped
        if errno == EMFILE || errno == ENFILE { usleep(10_000) }
        continue
      }
      let isWanted = state.withLock { state in
        if !state.isStopping { state.connections.insert(connection) }
        return !state.isStopping
      }
      guard isWanted else {
        close(connection)
        continue
      }
      threads.enter()
      startThread { [self] in
        HTTPConnection(socket: connection, service: service).serve()
        _ = state.withLock { $0.connections.remove(connection) }
        close(connection)
        threads.leave()
      }
    }
    close(listener)
  }
}
