import CSupastoreCurl

/// The sole owner of a curl multi handle with its pool of connections. Its easy handles leave before it goes away.
struct MultiHandle: ~Copyable {
  private let pointer: UnsafeMutableRawPointer

  init() throws(TransportError) {
    guard let pointer = curl_multi_init() else { throw .outOfMemory }
    self.pointer = pointer
  }

  deinit { curl_multi_cleanup(pointer) }

  func set(_ option: CURLMoption, to value: Int) throws(TransportError) {
    let code = ccurl_multi_setopt_long(pointer, option, value)
    guard code == CURLM_OK else { throw TransportError(multi: code) }
  }

  var reference: MultiReference { MultiReference(pointer) }

  func add(_ handle: borrowing EasyHandle) -> CURLMcode {
    curl_multi_add_handle(pointer, handle.pointer)
  }

  /// Drops the transfer, and its connection too unless the transfer had ended.
  func remove(_ handle: borrowing EasyHandle) {
    // Fails only for a handle that is not in it.
    _ = curl_multi_remove_handle(pointer, handle.pointer)
  }

  /// Does what can be done without waiting.
  func perform() -> CURLMcode {
    var running: Int32 = 0
    return curl_multi_perform(pointer, &running)
  }

  /// Sleeps until a socket is ready, a time limit of libcurl's has come, or `MultiReference.wake`.
  func poll() {
    // An error here is seen by the next `perform`.
    _ = curl_multi_poll(pointer, nil, 0, 60_000, nil)
  }

  /// The next transfer that has ended: its easy handle and its result.
  func nextFinished() -> (handle: UnsafeMutableRawPointer, result: CURLcode)? {
    var left: Int32 = 0
    while let message = curl_multi_info_read(pointer, &left) {
      if message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle {
        return (handle, ccurl_message_result(message))
      }
    }
    return nil
  }
}
