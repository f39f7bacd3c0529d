/// A request body that is still, at least in part, on the wire. Confined to the connection's thread.
final class SocketBody: HTTPRequestBody {
  private let input: HTTPInput
  private let framing: HTTPHead.Framing
  /// Bytes until the end of the body or, of a chunked one, of the present chunk.
  private var remaining: Int64
  private var isAtEnd: Bool
  private var isFirstChunk = true
  /// Bytes of the body taken off the wire so far.
  private(set) var readByteCount: Int64 = 0

  init(input: HTTPInput, framing: HTTPHead.Framing) {
    self.input = input
    self.framing = framing
    switch framing {
    case .none: (remaining, isAtEnd) = (0, true)
    case .length(let length): (remaining, isAtEnd) = (length, length == 0)
    case .chunked: (remaining, isAtEnd) = (0, false)
    }
  }

  var contentLength: Int64? {
    if case .length(let length) = framing { length } else { nil }
  }

  var isChunked: Bool { framing == .chunked }

  func read(upTo limit: Int) throws(HTTPConnectionError) -> [UInt8] {
    guard limit > 0, try hasMore() else { return [] }
    let bytes = try input.read(upTo: Int(min(Int64(limit), remaining)))
    took(bytes.count)
    return bytes
  }

  /// Reads and throws away; true when the end was reached with no more than `limit` bytes of the body read in all.
  func drain(upTo limit: Int64) throws(HTTPConnectionError) -> Bool {
    while try hasMore() {
      if readByteCount >= limit { return false }
      took(try input.skip(upTo: Int(min(remaining, limit - readByteCount))))
    }
    return true
  }

  private func took(_ count: Int) {
    remaining -= Int64(count)
    readByteCount += Int64(count)
    if remaining == 0, framing != .chunked { isAtEnd = true }
  }

  /// Steps over the framing to the next byte of the body.
  private func hasMore() throws(HTTPConnectionError) -> Bool {
    if isAtEnd { return false }
    if remaining > 0 { return true }
    if !isFirstChunk, try !input.readLine().isEmpty { throw .badFraming }
    isFirstChunk = false
    let digits = try input.readLine().prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
    guard let size = Int64(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else { throw .badFraming }
    remaining = size
    if size == 0 {
      while try !input.readLine().isEmpty {}  // trailers
      isAtEnd = true
    }
    return !isAtEnd
  }
}
