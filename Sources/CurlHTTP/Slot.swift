import CSupastoreCurl

/// One of the places for a transfer in flight: an easy handle, reused from transfer to transfer, and what its callbacks
/// need. Confined to the loop's thread; its address is libcurl's user pointer as long as the handle is in use, and the
/// loop holds it as long.
final class Slot {
  let easy: EasyHandle
  let configuration: HTTPConfiguration
  /// Nil between two transfers.
  private(set) var transfer: Transfer?

  var source = BodySource(.none)
  var answer = AnswerCollector(.memory(limit: 0))
  var headers = HeaderList()
  /// The whole of a small body, so that it leaves in one piece with the head.
  var smallBody: FixedBuffer?
  let errorText = FixedBuffer(byteCount: Int(CURL_ERROR_SIZE))

  private let counter: ByteCounter
  /// What the counter has been told of this transfer.
  private var counted = ByteCounts(sent: 0, received: 0)
  /// How often a connection stood ready for this request. libcurl sends anew when a reused one turns out to be dead.
  private var sendings = 0
  private var sourceEnded = false
  private var started = ContinuousClock.now
  private var totalTimeLimit: Duration?

  init(_ configuration: HTTPConfiguration, _ counter: ByteCounter) throws(TransportError) {
    self.configuration = configuration
    self.counter = counter
    easy = try EasyHandle()
  }

  /// Readies the handle for `request`; when it throws, the slot is to be cleared.
  func begin(_ transfer: Transfer, _ request: HTTPRequest) throws(TransportError) {
    self.transfer = transfer
    source = BodySource(request.body)
    answer = AnswerCollector(request.destination)
    totalTimeLimit = request.totalTimeLimit
    started = .now
    try prepare(request)
  }

  /// The transfer that has ended, as libcurl tells. The handle has left the multi handle.
  func finish(_ code: CURLcode) -> (Transfer?, TransferOutcome) {
    if code == CURLE_OK, answer.isHeadComplete {
      countFinally()
      let reply = answer.reply(wasSentAgain: sendings > 1)
      return (clear(), .success(reply))
    }
    let reason: TransportError.Reason =
      if let failure = answer.failure { failure } else if sourceEnded { .sourceEnded } else {
        TransportError.Reason(code == CURLE_OK ? CURLE_GOT_NOTHING : code, context)
      }
    return abandon(reason, reason.message(code))
  }

  /// Gives the transfer up. The handle has left the multi handle.
  func abandon(_ reason: TransportError.Reason, _ message: String) -> (Transfer?, TransferOutcome) {
    countFinally()
    let error = TransportError(reason, outcome, message)
    return (clear(), .failure(error))
  }

  /// Lets go of everything that belongs to the transfer, its memory first of all.
  @discardableResult
  func clear() -> Transfer? {
    easy.reset()
    headers = HeaderList()
    source = BodySource(.none)
    answer = AnswerCollector(.memory(limit: 0))
    errorText.bytes[0] = 0
    counted = ByteCounts(sent: 0, received: 0)
    sendings = 0
    sourceEnded = false
    defer { transfer = nil }
    return transfer
  }

  private func countFinally() {
    count(sent: easy.offset(CURLINFO_SIZE_UPLOAD_T), received: easy.offset(CURLINFO_SIZE_DOWNLOAD_T))
  }

  private var outcome: TransportError.Outcome {
    if answer.isHeadComplete { return .answered(status: answer.status) }
    let isUntouched = sendings == 0 || (sendings == 1 && easy.long(CURLINFO_REQUEST_SIZE) == 0)
    return isUntouched ? .nothingSent : .unknown
  }

  private var context: FailureContext {
    FailureContext(
      wasConnected: sendings > 0, isHeadComplete: answer.isHeadComplete,
      systemError: Int32(truncatingIfNeeded: easy.long(CURLINFO_OS_ERRNO)),
      proxyStatus: easy.long(CURLINFO_HTTP_CONNECTCODE),
      detail: String(decoding: errorText.bytes.prefix { $0 != 0 }, as: UTF8.self),
      elapsed: started.duration(to: .now), connectTimeLimit: configuration.connectTimeLimit,
      totalTimeLimit: totalTimeLimit)
  }
}

// What the callbacks do.
extension Slot {
  func willSend() {
    sendings += 1
  }

  /// Bytes put into `buffer`, or libcurl's sign to give up.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    if let count = source.read(into: buffer) { return count }
    sourceEnded = true
    return Int(CURL_READFUNC_ABORT)
  }

  func takeLine(_ line: UnsafeRawBufferPointer) -> Bool {
    let isTaken = answer.takeLine(line)
    // The server may never read the rest of a body that it refused, whatever it says of keeping the connection.
    if answer.status >= 400, source.byteCount > 0 {
      // Cannot fail for this option.
      try? easy.set(CURLOPT_FORBID_REUSE, to: 1)
    }
    return isTaken
  }

  /// Totals of this transfer. They fall when libcurl sends anew; the client's totals do not.
  func count(sent: Int64, received: Int64) {
    counter.add(sent: max(0, sent - counted.sent))
    counter.add(received: max(0, received - counted.received))
    counted = ByteCounts(sent: sent, received: received)
  }
}
