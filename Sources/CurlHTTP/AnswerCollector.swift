/// Takes an answer in, piece by piece: status, fields and body.
struct AnswerCollector {
  /// Of all head lines, of interim answers and trailers too.
  static let headLimit = 256 << 10
  /// Of an answer in memory whose request has a receiver: an error then.
  static let errorBodyLimit = 1 << 20

  /// Why no more is taken.
  private(set) var failure: TransportError.Reason?
  private(set) var status = 0
  /// The blank line after a final status has come.
  private(set) var isHeadComplete = false

  private let destination: HTTPRequest.Destination
  private var headByteCount = 0
  private var fields: [HTTPField] = []
  private var body: [UInt8] = []
  private var bodyByteCount: Int64 = 0

  init(_ destination: HTTPRequest.Destination) {
    self.destination = destination
  }

  func reply(wasSentAgain: Bool) -> HTTPReply {
    HTTPReply(
      status: status, headers: fields, body: body, bodyByteCount: bodyByteCount, wasSentAgain: wasSentAgain)
  }

  /// Takes one line of a head or trailer with its line end; false when the answer is given up.
  mutating func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
    headByteCount += line.count
    guard headByteCount <= Self.headLimit else { return fail(.answerTooLong) }
    // What follows a complete head is a trailer.
    if isHeadComplete { return true }
    let text = line.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
    if text.starts(with: "HTTP/".utf8) {
      // An interim answer may have come before.
      let digits = text.drop { $0 != UInt8(ascii: " ") }.dropFirst().prefix(3)
      status = Int(String(decoding: digits, as: UTF8.self)) ?? 0
      fields = []
    } else if text.isEmpty {
      isHeadComplete = status >= 200
      if let receiver, !receiver.begin(status: status, headers: fields) { return fail(.notTaken) }
    } else if let first = text.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
      // A folded line goes on with the value before it.
      if let last = fields.indices.last { fields[last].value += " " + Self.trimmed(text) }
    } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
      let name = String(decoding: text[..<colon], as: UTF8.self)
      fields.append(HTTPField(name, Self.trimmed(text[(colon + 1)...])))
    }
    return true
  }

  /// Takes a piece of the body; false when the answer is given up.
  mutating func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let total = bodyByteCount + Int64(bytes.count)
    switch destination {
    case .memory(let limit):
      guard total <= limit else { return fail(.answerTooLong) }
      body.append(contentsOf: bytes)
    case .receiver:
      if let receiver {
        guard receiver.take(bytes) else { return fail(.notTaken) }
      } else {
        guard total <= Self.errorBodyLimit else { return fail(.answerTooLong) }
        body.append(contentsOf: bytes)
      }
    }
    bodyByteCount = total
    return true
  }

  private mutating func fail(_ reason: TransportError.Reason) -> Bool {
    failure = reason
    return false
  }

  /// Who takes this answer's body, once it is known to be a good one.
  private var receiver: (any BodyReceiver)? {
    guard isHeadComplete, status == 200 || status == 206, case .receiver(let receiver) = destination else { return nil }
    return receiver
  }

  private static func trimmed(_ bytes: Slice<UnsafeRawBufferPointer>) -> String {
    func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    var rest = bytes.drop(while: isBlank)
    while let last = rest.last, isBlank(last) { rest.removeLast() }
    return String(decoding: rest, as: UTF8.self)
  }
}
