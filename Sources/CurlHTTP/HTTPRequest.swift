/// One HTTP request, complete but for what the client adds: Host, User-Agent, `Accept: */*`, and Content-Length for a
/// body. No default content type, no Expect, never chunked.
public struct HTTPRequest: Sendable {
  public enum Method: String, Sendable {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
  }

  public enum Body: Sendable {
    case none
    /// Sent from memory. The client lets go of it before the transfer settles, so an array that the caller kept is unique
    /// again by then and can be refilled without a copy.
    case bytes([UInt8])
    /// `range` of an open file, read with `pread`; the caller keeps the descriptor open until the transfer has settled.
    /// `isUnchanged` is asked, on the client's thread, when the last byte was read and before it is sent: false gives the
    /// transfer up, so the server never gets the whole of a file that was written to meanwhile.
    case file(descriptor: Int32, range: Range<Int64>, isUnchanged: @Sendable () -> Bool = { true })
  }

  public enum Destination: Sendable {
    /// Collected in memory; a longer answer fails the transfer.
    case memory(limit: Int)
    /// Handed over as it arrives when the status is 200 or 206; any other answer is collected in memory.
    case receiver(any BodyReceiver)
  }

  public var method: Method
  /// Absolute, already percent-encoded.
  public var url: String
  public var headers: [HTTPField]
  public var body: Body
  public var destination: Destination
  /// From start to end; nil leaves only the stall limit.
  public var totalTimeLimit: Duration?

  public init(
    _ method: Method, _ url: String, headers: [HTTPField] = [], body: Body = .none,
    destination: Destination = .memory(limit: 16 << 20), totalTimeLimit: Duration? = .seconds(30)
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.destination = destination
    self.totalTimeLimit = totalTimeLimit
  }
}

/// Takes the body of a good answer, on the client's thread: until a call returns, all transfers wait.
public protocol BodyReceiver: Sendable {
  /// The head of a 200 or 206 has come; false gives the transfer up.
  func begin(status: Int, headers: [HTTPField]) -> Bool

  /// The next piece of the body; false gives the transfer up.
  func take(_ bytes: UnsafeRawBufferPointer) -> Bool
}

/// One header field. Its value may be a secret: descriptions, mirrors and dumps show the name alone.
public struct HTTPField: Sendable, Hashable {
  public var name: String
  public var value: String

  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension HTTPField: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  public var description: String { "\(name): …" }
  public var debugDescription: String { description }
  public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

/// An answer that was received whole.
public struct HTTPReply: Sendable {
  public var status: Int
  public var headers: [HTTPField]
  /// Empty when the body went to a receiver.
  public var body: [UInt8]
  /// Bytes of the body, wherever they went.
  public var bodyByteCount: Int64
  /// The answer is the one to a second sending: a kept connection died without an answer, and whether the server had
  /// done the request by then nobody knows.
  public var wasSentAgain: Bool

  public init(
    status: Int, headers: [HTTPField], body: [UInt8], bodyByteCount: Int64, wasSentAgain: Bool = false
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.bodyByteCount = bodyByteCount
    self.wasSentAgain = wasSentAgain
  }

  /// The first field of that name, without regard to ASCII case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
