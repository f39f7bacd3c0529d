import Glibc

/// A service that is disturbed as planned.
struct FaultyService: HTTPService {
  private let service: any HTTPService
  private let faults: FaultPlan
  /// Takes the bytes away that were uploaded by a request with this target; their row stays.
  private let loseBytes: @Sendable (_ target: [UInt8]) -> Void

  init(
    _ service: any HTTPService, faults: FaultPlan, loseBytes: @escaping @Sendable (_ target: [UInt8]) -> Void
  ) {
    self.service = service
    self.faults = faults
    self.loseBytes = loseBytes
  }

  func respond(to request: HTTPRequest) throws(HTTPConnectionError) -> HTTPResponse {
    guard let fault = faults.next(method: request.method, target: request.target) else {
      return try service.respond(to: request)
    }
    switch fault.action {
    case .delay:
      usleep((fault.milliseconds ?? 0) * 1000)
      return try service.respond(to: request)
    case .corrupt where fault.moment == .before:
      return try service.respond(to: request.with(body: CorruptedBody(request.body)))
    case .status, .earlyAnswer, .garbage:
      if fault.moment == .after {
        _ = try service.respond(to: request)
      } else if fault.action != .earlyAnswer {
        while try !request.body.read(upTo: 65_536).isEmpty {}
      }
      return fault.answer
    case .loseBytes, .loseBytesUnanswered:
      let response = try service.respond(to: request)
      // What was refused stored nothing.
      guard response.status == 200 else { return response }
      loseBytes(request.target)
      var answer = StorageError.internalError.response()
      if fault.action == .loseBytesUnanswered { answer.delivery = .closed }
      return answer
    case .reset, .dropAnswer, .stall, .truncate, .corrupt:
      var response = HTTPResponse(status: 503, reason: "Service Unavailable")
      if fault.moment == .after { response = try service.respond(to: request) }
      disturb(&response, by: fault)
      return response
    }
  }

  private func disturb(_ response: inout HTTPResponse, by fault: Fault) {
    switch fault.action {
    case .reset: response.delivery = .reset
    case .dropAnswer: response.delivery = .closed
    case .stall: response.delivery = .stalled(after: fault.bytes)
    case .truncate: response.delivery = .cut(after: fault.bytes ?? 0)
    case .corrupt: response.body.changeOneByte()
    case .garbage, .status, .earlyAnswer, .delay, .loseBytes, .loseBytesUnanswered: break
    }
  }
}

extension Fault {
  /// What is answered in the service's place.
  fileprivate var answer: HTTPResponse {
    let status = status ?? 500
    let reason = [
      429: "Too Many Requests", 502: "Bad Gateway", 503: "Service Unavailable", 500: "Internal Server Error",
    ]
    var response = HTTPResponse(
      status: status, reason: reason[status] ?? "", headers: HTTPHeaders(headers?.map { ($0, $1) } ?? []),
      body: .bytes(Array((body ?? "").utf8)))
    if action == .earlyAnswer { response.unreadBody = .abandoned }
    if action == .garbage { response.delivery = .raw(Array((body ?? "\u{1}this is not HTTP\r\n\r\n").utf8)) }
    return response
  }
}

extension HTTPRequest {
  func with(body: any HTTPRequestBody) -> HTTPRequest {
    HTTPRequest(method: method, target: target, headers: headers, body: body, headByteCount: headByteCount)
  }
}

extension HTTPResponse.Body {
  fileprivate mutating func changeOneByte() {
    switch self {
    case .none, .emptyChunked:
      return
    case .bytes(var bytes):
      if !bytes.isEmpty { bytes[bytes.count / 2] ^= 1 }
      self = .bytes(bytes)
    case .file(let path, let range):
      guard var bytes = try? FileContents.read(path) else { return }
      bytes = Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)])
      if !bytes.isEmpty { bytes[bytes.count / 2] ^= 1 }
      self = .bytes(bytes)
    }
  }
}

/// A body whose first byte is changed on the way.
private final class CorruptedBody: HTTPRequestBody {
  private let body: any HTTPRequestBody
  private var isChanged = false

  init(_ body: any HTTPRequestBody) {
    self.body = body
  }

  var contentLength: Int64? { body.contentLength }
  var isChunked: Bool { body.isChunked }

  func read(upTo limit: Int) throws(HTTPConnectionError) -> [UInt8] {
    var bytes = try body.read(upTo: limit)
    if !isChanged, !bytes.isEmpty {
      bytes[0] ^= 1
      isChanged = true
    }
    return bytes
  }
}
