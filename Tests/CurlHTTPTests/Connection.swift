import Glibc
import Synchronization

/// A request as a script read it.
struct ReceivedRequest: Sendable {
  var method: String
  var target: String
  var fields: [(name: String, value: String)]
  var body: [UInt8] = []
  /// Of the connection it came on, counted from 0.
  var connection: Int

  func values(_ name: String) -> [String] {
    fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
  }
}

/// One accepted connection. Used by its script's thread alone, hence the lock is never waited for.
final class Connection: Sendable {
  struct Ended: Error {}

  let descriptor: Int32
  /// Counted from 0.
  let number: Int
  private let server: ScriptedServer
  /// Read off the socket and not asked for yet.
  private let unread = Mutex<[UInt8]>([])

  init(_ descriptor: Int32, number: Int, server: ScriptedServer) {
    self.descriptor = descriptor
    self.number = number
    self.server = server
  }

  /// The next request's head, without its body. Throws `Ended` when the client has closed.
  func readHead() throws -> ReceivedRequest {
    var head: [UInt8] = []
    while !head.suffix(4).elementsEqual("\r\n\r\n".utf8) { head += try read(1) }
    var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")[...]
    let words = (lines.popFirst() ?? "").split(separator: " ", omittingEmptySubsequences: false)
    return ReceivedRequest(
      method: words.first.map(String.init) ?? "", target: words.dropFirst().first.map(String.init) ?? "",
      fields: lines.map { line in
        let parts = line.split(separator: ":", maxSplits: 1)
        return (String(parts[0]), parts.count == 2 ? String(parts[1].drop { $0 == " " }) : "")
      }, connection: number)
  }

  /// The next request whole; the server keeps it among its `requests`.
  func readRequest() throws -> ReceivedRequest {
    var request = try readHead()
    if let length = request.values("Content-Length").first.flatMap({ Int($0) }) { request.body = try read(length) }
    server.record(request)
    return request
  }

  func read(_ count: Int) throws -> [UInt8] {
    try unread.withLock { unread in
      while unread.count < count {
        let room = max(count - unread.count, 64 << 10)
        let more = [UInt8](unsafeUninitializedCapacity: room) { buffer, filled in
          filled = max(0, Glibc.read(descriptor, buffer.baseAddress, room))
        }
        guard !more.isEmpty else { throw Ended() }
        unread += more
      }
      defer { unread.removeFirst(count) }
      return Array(unread.prefix(count))
    }
  }

  func send(_ text: String) throws {
    try send(Array(text.utf8))
  }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard sent > 0 else { throw Ended() }
      rest = rest.dropFirst(sent)
    }
  }

  /// A whole answer with its length.
  func answer(_ status: Int, _ fields: [String] = [], _ body: String = "") throws {
    let head = ["HTTP/1.1 \(status) Some words", "Content-Length: \(body.utf8.count)"] + fields
    try send(head.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  /// Answers every request with 200 until the client closes.
  func answerAll(_ body: String = "ok") throws {
    while true {
      _ = try readRequest()
      try answer(200, [], body)
    }
  }

  /// Reads nothing more; returns when the client has closed, or the server ends.
  func waitForEnd() {
    var entry = pollfd(fd: descriptor, events: peerClosed, revents: 0)
    while poll(&entry, 1, -1) < 0, errno == EINTR {}
  }

  func stopListening() {
    server.stopListening()
  }

  /// Closes now, in order as far as the kernel is concerned.
  func close() {
    server.close(self)
  }

  /// Closes now with a reset.
  func reset() {
    var option = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
    server.close(self)
  }
}

/// POLLRDHUP, which Glibc's module leaves out.
private let peerClosed: Int16 = 0x2000
