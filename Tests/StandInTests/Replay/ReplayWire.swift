import Dispatch
import Glibc
import StandIn
import Synchronization
import TestSupport

/// Sends recorded requests over plain sockets. Used by one thread.
final class ReplayWire {
  /// What came of a request.
  enum Outcome {
    case answer(RawAnswer)
    /// No answer was read, or the connection was closed without one.
    case nothing
    case timedOut
  }

  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private let port: UInt16
  private let prefix: String
  private let tokens: ReplayTokens
  private let placeholders: Placeholders
  /// Connections left open, by the line's name, with the bytes still to send.
  private var held: [String: (connection: RawConnection, rest: [UInt8])] = [:]

  init(port: UInt16, prefix: String, tokens: ReplayTokens, placeholders: Placeholders) {
    self.port = port
    self.prefix = prefix
    self.tokens = tokens
    self.placeholders = placeholders
  }

  func exchange(_ name: String, _ request: RecordedLine.Request) throws -> Outcome {
    let (head, body) = bytes(of: request)
    let connection = try RawConnection(port: port)
    if let count = request.sentOnly {
      return try exchange(name, request, over: connection, head, sending: body[..<count], rest: body[count...])
    }
    if let count = request.readOnly {
      try connection.send(head + body)
      var received = 0
      while received < count {
        let more = try connection.receive().count
        if more == 0 { throw Failure(description: "the answer ended after \(received) bytes") }
        received += more
      }
      connection.reset()
      return .nothing
    }
    if request.headers.contains(where: { $0[0].lowercased() == "expect" }) {
      try connection.send(head)
      return outcome(try connection.receiveAnswer(to: request.method) { try connection.sendUntilAnswered(body) })
    }
    try connection.sendUntilAnswered(head + body)
    return outcome(try connection.receiveAnswer(to: request.method))
  }

  private func exchange(
    _ name: String, _ request: RecordedLine.Request, over connection: RawConnection, _ head: [UInt8],
    sending body: ArraySlice<UInt8>, rest: ArraySlice<UInt8>
  ) throws -> Outcome {
    try connection.send(head + body)
    Self.pause(seconds: request.settle ?? 0.3)
    switch request.then {
    case .hold:
      held[name] = (connection, Array(rest))
      return .nothing
    case .reset:
      connection.reset()
      return .nothing
    case .close:
      return .nothing
    case .halfclose:
      connection.shutDownSending()
    case .wait, nil:
      break
    }
    return outcome(try connection.receiveAnswer(to: request.method))
  }

  /// Goes on with a held connection.
  func goOn(with name: String, sendingRest: Bool, isLate: Bool) throws -> Outcome {
    guard let (connection, rest) = held.removeValue(forKey: name) else {
      throw Failure(description: "no held connection of \(name)")
    }
    if isLate { connection.setTimeout(seconds: 20) }
    if sendingRest { try connection.send(rest) }
    do {
      return outcome(try connection.receiveAnswer(to: "any"))
    } catch is RawConnection.TimedOut {
      return .timedOut
    }
  }

  /// Sends the request whole, reads its answer, and tells the status of a second one on the same connection.
  ///
  /// - Parameter isAnswered: whether a second answer is wanted, and so worth a long wait.
  func exchangeAndReuse(_ request: RecordedLine.Request, isAnswered: Bool) throws -> (Outcome, Int?) {
    let (head, body) = bytes(of: request)
    let connection = try RawConnection(port: port)
    try connection.send(head + body)
    let first = outcome(try connection.receiveAnswer(to: request.method))
    if !isAnswered { connection.setTimeout(seconds: 2) }
    try connection.send("GET \(prefix)/status HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n")
    let second = try? connection.receiveAnswer(to: "GET")
    return (first, second?.status)
  }

  /// Sends all at the same moment, and returns the answers in any order.
  func exchangeTogether(_ requests: [RecordedLine.Request]) throws -> [RawAnswer] {
    let answers = Mutex<[RawAnswer]>([])
    let group = DispatchGroup()
    for request in requests {
      let (head, body) = bytes(of: request)
      let (port, method) = (port, request.method)
      group.enter()
      startThread {
        if let connection = try? RawConnection(port: port), (try? connection.send(head + body)) != nil,
          let answer = try? connection.receiveAnswer(to: method)
        {
          answers.withLock { $0.append(answer) }
        }
        group.leave()
      }
    }
    group.wait()
    return answers.withLock { $0 }
  }

  func releaseHeld() {
    held.removeAll()
  }

  static func pause(seconds: Double) {
    poll(nil, 0, Int32(seconds * 1000))
  }

  private func outcome(_ answer: RawAnswer?) -> Outcome {
    answer.map { .answer($0) } ?? .nothing
  }

  private func bytes(of request: RecordedLine.Request) -> (head: [UInt8], body: [UInt8]) {
    var headers = request.headers.map { (name: $0[0], value: placeholders.fill($0[1])) }
    let given = Dictionary(headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
    if let kind = request.auth { headers.insert(("Authorization", "Bearer \(tokens.bearer(kind))"), at: 0) }
    var body = request.body.map { bytes(of: $0) } ?? []
    if request.body != nil {
      if given["transfer-encoding"] == "chunked" {
        body = Array("\(String(body.count, radix: 16))\r\n".utf8) + body + Array("\r\n0\r\n\r\n".utf8)
      } else if given["content-length"] == nil {
        headers.append(("Content-Length", "\(body.count)"))
      }
    }
    let first =
      "\(request.method) \(prefix)\(placeholders.fill(request.target)) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n"
    let head = headers.reduce(into: first) { $0 += "\($1.name): \($1.value)\r\n" } + "\r\n"
    return (Array(head.utf8), body)
  }

  private func bytes(of body: RecordedLine.Body) -> [UInt8] {
    body.parts.reduce(into: []) { bytes, part in
      switch part {
      case .text(let text): bytes += placeholders.fill(text).utf8
      case .repeated(let text, let times):
        let unit = Array(text.utf8)
        bytes += unit.count == 1 ? [UInt8](repeating: unit[0], count: times) : (0..<times).flatMap { _ in unit }
      }
    }
  }
}
