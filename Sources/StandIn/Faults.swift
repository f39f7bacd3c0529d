/// One disturbance, as `POST /_standin/faults` takes a list of them:
///
///     [{"route": "POST /storage/v1/object/*", "nth": 3, "action": "status", "status": 503,
///       "headers": {"Retry-After": "1"}}]
///
/// The first fault whose route and turn fit a request is the one it meets.
package struct Fault: Codable, Sendable {
  package enum Action: String, Codable, Sendable {
    /// The connection is reset.
    case reset
    /// The connection is closed without an answer.
    case dropAnswer = "drop-answer"
    /// Nothing more is sent after `bytes` bytes of the answer's body (absent: not even its head); the connection
    /// stays open until the client leaves.
    case stall
    /// The answer is cut after `bytes` bytes of its body (absent: 0), and the connection closed.
    case truncate
    /// `body` is sent in place of an answer, as it stands (absent: something that is not HTTP), and the connection
    /// closed.
    case garbage
    /// Answers with `status`, `headers` and `body`.
    case status
    /// The same before the request's body was read; then nobody reads it, as after a refused upload.
    case earlyAnswer = "early-answer"
    /// The service is called after `milliseconds`.
    case delay
    /// One byte of the request's body (`when` before) or of the answer's (after) is changed.
    case corrupt
    /// An upload is committed, then its bytes are thrown away while its row stays, and it is answered with the 500 of a
    /// real server whose database session ended between the two.
    case loseBytes = "lose-bytes"
    /// The same, and the connection is closed without an answer.
    case loseBytesUnanswered = "lose-bytes-unanswered"
  }

  /// Whether the service gets to see the request.
  package enum Moment: String, Codable, Sendable {
    /// Nothing was done. For `reset` and `stall` not a byte of the body was read either.
    case before
    /// The request had its effect.
    case after
  }

  /// Method and path as the client sends them, `*` standing for any characters, also for a `/`. The query counts only
  /// when the route has a `?`.
  package var route: String
  /// The first request that is disturbed, counted from 1 among those that fit since the fault was set.
  package var nth: Int?
  /// How many are disturbed from there on; absent: one, 0: all.
  package var count: Int?
  package var action: Action
  /// Absent: `after` for `drop-answer` and `truncate`, else `before`.
  package var when: Moment?
  package var bytes: Int?
  package var status: Int?
  package var headers: [String: String]?
  package var body: String?
  package var milliseconds: UInt32?

  package init(_ action: Action, on route: String, nth: Int? = nil, count: Int? = nil) {
    self.action = action
    self.route = route
    self.nth = nth
    self.count = count
  }

  var moment: Moment {
    if let when { return when }
    switch action {
    case .dropAnswer, .truncate, .loseBytes, .loseBytesUnanswered: return .after
    case .reset, .stall, .garbage, .status, .earlyAnswer, .delay, .corrupt: return .before
    }
  }

  /// Whether the request is on the route.
  func fits(method: String, target: [UInt8]) -> Bool {
    var text = Array("\(method) ".utf8)
    text += route.utf8.contains(UInt8(ascii: "?")) ? target[...] : target.prefix { $0 != UInt8(ascii: "?") }
    return Self.matches(Array(route.utf8), text)
  }

  /// `*` in the pattern stands for any bytes.
  private static func matches(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
    var (at, position) = (0, 0)
    var retry: (at: Int, position: Int)?
    while position < text.count {
      if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
        at += 1
        retry = (at, position)
      } else if at < pattern.count, pattern[at] == text[position] {
        at += 1
        position += 1
      } else if let last = retry {
        retry = (last.at, last.position + 1)
        (at, position) = (last.at, last.position + 1)
      } else {
        return false
      }
    }
    return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
