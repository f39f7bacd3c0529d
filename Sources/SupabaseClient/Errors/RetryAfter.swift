import CurlHTTP

/// The `Retry-After` field: seconds, or a date taken against the answer's own `Date`, so that our clock does not matter.
enum RetryAfter {
  static func duration(in reply: HTTPReply) -> Duration? {
    guard let field = reply.header("Retry-After") else { return nil }
    if let seconds = Int64(field) { return seconds >= 0 ? .seconds(min(seconds, 86_400)) : nil }
    guard let until = HTTPDate.seconds(field), let now = reply.header("Date").flatMap(HTTPDate.seconds) else {
      return nil
    }
    return .seconds(min(max(until - now, 0), 86_400))
  }
}
