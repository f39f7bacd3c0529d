import CCurl

/// Stands where the event loop's thread will: settles every transfer as not supported.
struct LoopThread {
  let inbox: Inbox

  init(_ configuration: HTTPConfiguration, _ counter: ByteCounter) throws(TransportError) {
    guard let multi = curl_multi_init() else { throw TransportError(.outOfMemory, .nothingSent, "out of memory") }
    inbox = Inbox(MultiReference(multi))
    _ = inbox.close()
  }

  func end() async {}
}

extension TransportError {
  static let neverStarted = TransportError(.cancelled, .nothingSent, "cancelled before it started")
}
