import CSupastoreCurl
import Glibc

/// The thread of one event loop. Ended once, by its owner.
struct LoopThread {
  let inbox: Inbox
  private let thread: pthread_t

  init(_ configuration: HTTPConfiguration, _ counter: ByteCounter) throws(TransportError) {
    try Self.libraryIsReady.get()
    let loop = try EventLoop(configuration, counter)
    inbox = loop.inbox
    let retained = Unmanaged.passRetained(loop)
    var thread = pthread_t()
    let code = pthread_create(&thread, nil, runEventLoop, retained.toOpaque())
    guard code == 0 else {
      retained.release()
      throw .outOfMemory
    }
    self.thread = thread
  }

  /// Returns when every transfer has settled and the thread is gone.
  func end() async {
    await withCheckedContinuation { continuation in
      if !inbox.post(.stop(continuation)) { continuation.resume() }
    }
    // At once: the thread resumes the continuation as the last thing it does.
    pthread_join(thread, nil)
  }

  /// Once for the process, before the first thread.
  private static let libraryIsReady: Result<Void, TransportError> =
    curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK ? .success(()) : .failure(.outOfMemory)
}

private func runEventLoop(_ loop: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let loop else { return nil }
  // Signals are for the threads that handle them. SIGPIPE goes to the thread that writes, which is this one, and libcurl
  // stops guarding against it under `CURLOPT_NOSIGNAL`: blocked here, it is nobody's, whatever the process does about it.
  var signals = sigset_t()
  sigfillset(&signals)
  pthread_sigmask(SIG_BLOCK, &signals, nil)
  let ended = Unmanaged<EventLoop>.fromOpaque(loop).takeRetainedValue().run()
  ended.resume()
  return nil
}
