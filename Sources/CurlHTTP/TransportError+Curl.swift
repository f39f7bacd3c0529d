import CSupastoreCurl
import Glibc

extension TransportError {
  static let outOfMemory = TransportError(.outOfMemory, .nothingSent, "out of memory or threads")
  static let neverStarted = TransportError(.cancelled, .nothingSent, "cancelled before it started")

  static func invalid(_ message: String) -> TransportError {
    TransportError(.invalidRequest, .nothingSent, message)
  }

  /// An option was refused; nothing has been sent.
  init(settingUp code: CURLcode) {
    self =
      code == CURLE_OUT_OF_MEMORY ? .outOfMemory : TransportError(.other(code: code.number), .nothingSent, code.text)
  }
}

extension TransportError {
  init(multi code: CURLMcode) {
    self.init(.other(code: code.rawValue), .nothingSent, "libcurl: \(String(cString: curl_multi_strerror(code)))")
  }
}

/// What is known of a transfer that failed, besides libcurl's code.
struct FailureContext {
  /// A connection to the server, tunnel and TLS included, stood.
  var wasConnected: Bool
  var isHeadComplete: Bool
  /// The connection's own error number, 0 if none.
  var systemError: Int32
  /// A proxy's answer to CONNECT, 0 if there was none.
  var proxyStatus: Int
  /// libcurl's own words. They may hold names and are only looked at, never shown.
  var detail: String
  var elapsed: Duration
  var connectTimeLimit: Duration
  var totalTimeLimit: Duration?
}

extension TransportError.Reason {
  init(_ code: CURLcode, _ context: FailureContext) {
    switch code {
    case CURLE_URL_MALFORMAT: self = .invalidRequest
    // An answer that is not HTTP/1 is "HTTP/0.9" to libcurl, hence unsupported.
    case CURLE_UNSUPPORTED_PROTOCOL: self = context.wasConnected ? .malformedAnswer : .invalidRequest
    case CURLE_COULDNT_RESOLVE_HOST: self = .nameNotResolved
    case CURLE_COULDNT_RESOLVE_PROXY, CURLE_PROXY: self = .proxy
    case CURLE_COULDNT_CONNECT:
      switch context.systemError {
      case ECONNREFUSED: self = .connectionRefused
      case ETIMEDOUT: self = .connectTimedOut
      default: self = .unreachable
      }
    case CURLE_OPERATION_TIMEDOUT: self = Self.timeout(context)
    case CURLE_SSL_CONNECT_ERROR: self = Self.handshakeWasCut(context.detail) ? .connectionLost : .tls
    case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_CACERT_BADFILE,
      CURLE_SSL_CRL_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_SSL_ENGINE_NOTFOUND, CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_USE_SSL_FAILED,
      CURLE_SSL_SHUTDOWN_FAILED, CURLE_SSL_CLIENTCERT:
      self = .tls
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR:
      // A proxy that refuses CONNECT is reported as a failure to receive.
      let isRefusedTunnel = context.proxyStatus != 0 && !(200...299).contains(context.proxyStatus)
      // And so is a broken chunk.
      let isBrokenChunk = context.detail.hasSuffix("chunked-encoding")
      self = isRefusedTunnel ? .proxy : isBrokenChunk ? .malformedAnswer : .connectionLost
    case CURLE_PARTIAL_FILE, CURLE_GOT_NOTHING, CURLE_SEND_FAIL_REWIND: self = .connectionLost
    case CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING, CURLE_WRITE_ERROR: self = .malformedAnswer
    case CURLE_FILESIZE_EXCEEDED: self = .answerTooLong
    case CURLE_READ_ERROR: self = .sourceEnded
    // libcurl's name for a head line that outgrows its own limit.
    case CURLE_OUT_OF_MEMORY: self = context.wasConnected && !context.isHeadComplete ? .answerTooLong : .outOfMemory
    default: self = .other(code: code.number)
    }
  }

  private static func timeout(_ context: FailureContext) -> Self {
    if !context.wasConnected, context.elapsed >= context.connectTimeLimit { return .connectTimedOut }
    guard let limit = context.totalTimeLimit, context.elapsed >= limit else { return .stalled }
    return .timedOut
  }

  /// A peer that goes away in the middle of the handshake is no statement about trust, so it may be tried again.
  private static func handshakeWasCut(_ detail: String) -> Bool {
    ["SSL_ERROR_SYSCALL", "unexpected eof", "Connection reset"].contains { detail.contains($0) }
  }

  func message(_ code: CURLcode) -> String {
    switch self {
    case .invalidRequest: "the request is not valid"
    case .nameNotResolved: "the host name could not be resolved"
    case .connectionRefused: "the connection was refused"
    case .unreachable: "the host could not be reached"
    case .tls: "TLS failed: \(code.text)"
    case .proxy: "the proxy failed"
    case .connectTimedOut: "no connection within the time limit"
    case .stalled: "no progress within the time limit"
    case .timedOut: "no complete answer within the time limit"
    case .connectionLost: "the connection was lost"
    case .answerTooLong: "the answer is longer than allowed"
    case .malformedAnswer: "the answer is not valid HTTP"
    case .sourceEnded: "the source of the body ended early, changed, or could not be read"
    case .notTaken: "the answer was given up by whoever was to take it"
    case .cancelled: "cancelled"
    case .outOfMemory: "out of memory"
    case .other: "libcurl error \(code.rawValue): \(code.text)"
    }
  }
}

extension CURLcode {
  fileprivate var number: Int32 { Int32(bitPattern: rawValue) }
  fileprivate var text: String { String(cString: curl_easy_strerror(self)) }
}
