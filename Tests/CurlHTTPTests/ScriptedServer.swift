import CSupastoreLinux
import Glibc
import Synchronization

/// A server on 127.0.0.1 that plays one script to each connection, byte for byte, on a thread of its own.
final class ScriptedServer: Sendable {
  typealias Script = @Sendable (Connection) throws -> Void

  struct SocketFailed: Error {
    let call: String
    let number = errno

    init(_ call: String) {
      self.call = call
    }
  }

  private struct State {
    var open: [Int32: Connection] = [:]
    var threads: [pthread_t] = []
    var accepted = 0
    var mostOpen = 0
    var requests: [ReceivedRequest] = []
  }

  let port: UInt16
  private let listener: Int32
  private let script: Script
  private let state = Mutex(State())

  private init(_ script: @escaping Script) throws {
    self.script = script
    listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard listener >= 0 else { throw SocketFailed("socket") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { [listener] pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 128) == 0
          && getsockname(listener, address, &length) == 0
      }
    }
    port = UInt16(bigEndian: address.sin_port)
    guard isListening else { throw SocketFailed("listen") }
  }

  /// Serves while `body` runs. Then every connection is shut, which ends the scripts that wait on one.
  static func withRunning<R>(
    _ script: @escaping Script, isolation: isolated (any Actor)? = #isolation,
    _ body: (ScriptedServer) async throws -> R
  ) async throws -> R {
    let server = try ScriptedServer(script)
    let accepting = try startThread { server.accept() }
    defer { server.stop(accepting) }
    return try await body(server)
  }

  func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  var acceptedCount: Int { state.withLock { $0.accepted } }
  var mostOpenAtOnce: Int { state.withLock { $0.mostOpen } }
  var requests: [ReceivedRequest] { state.withLock { $0.requests } }

  func record(_ request: ReceivedRequest) {
    state.withLock { $0.requests.append(request) }
  }

  /// From now on connecting is refused; open connections stay.
  func stopListening() {
    shutdown(listener, Int32(SHUT_RDWR))
  }

  private func accept() {
    while true {
      // Not for children of this process: a connection is at its end when its script is.
      let descriptor = accept4(listener, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
      guard descriptor >= 0 else { return }
      let connection = state.withLock { state in
        let connection = Connection(descriptor, number: state.accepted, server: self)
        state.open[descriptor] = connection
        state.accepted += 1
        state.mostOpen = max(state.mostOpen, state.open.count)
        return connection
      }
      let thread = try? startThread { [script] in
        // A script that fails has lost its peer, which is what most tests are about.
        try? script(connection)
        self.close(connection)
      }
      state.withLock { state in
        if let thread { state.threads.append(thread) }
      }
    }
  }

  func close(_ connection: Connection) {
    state.withLock { state in
      guard state.open[connection.descriptor] === connection else { return }
      state.open[connection.descriptor] = nil
      Glibc.close(connection.descriptor)
    }
  }

  private func stop(_ accepting: pthread_t) {
    stopListening()
    pthread_join(accepting, nil)
    let threads = state.withLock { state in
      for descriptor in state.open.keys { shutdown(descriptor, Int32(SHUT_RDWR)) }
      return state.threads
    }
    for thread in threads { pthread_join(thread, nil) }
    Glibc.close(listener)
  }
}

private final class ThreadBody {
  let run: () -> Void

  init(_ run: @escaping () -> Void) {
    self.run = run
  }
}

private func runThread(_ body: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let body { Unmanaged<ThreadBody>.fromOpaque(body).takeRetainedValue().run() }
  return nil
}

private func startThread(_ run: @escaping @Sendable () -> Void) throws -> pthread_t {
  var thread = pthread_t()
  let body = Unmanaged.passRetained(ThreadBody(run))
  guard pthread_create(&thread, nil, runThread, body.toOpaque()) == 0 else {
    body.release()
    throw ScriptedServer.SocketFailed("pthread_create")
  }
  return thread
}
