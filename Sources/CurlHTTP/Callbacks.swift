import CSupastoreCurl

// What libcurl calls, on the loop's thread, within `curl_multi_perform`. They capture nothing: libcurl gives back the
// slot, which the loop keeps alive as long as the handle is in use.

private func slot(_ user: UnsafeMutableRawPointer) -> Slot {
  Unmanaged<Slot>.fromOpaque(user).takeUnretainedValue()
}

func readBody(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ user: UnsafeMutableRawPointer?
) -> Int {
  guard let buffer, let user else { return Int(CURL_READFUNC_ABORT) }
  return slot(user).read(into: UnsafeMutableRawBufferPointer(start: buffer, count: size * count))
}

func seekBody(_ user: UnsafeMutableRawPointer?, _ offset: curl_off_t, _ origin: Int32) -> Int32 {
  guard let user, origin == SEEK_SET, slot(user).source.seek(to: Int64(offset)) else { return CURL_SEEKFUNC_FAIL }
  return CURL_SEEKFUNC_OK
}

/// Any other count than the given one makes libcurl give up.
func takeBody(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ user: UnsafeMutableRawPointer?
) -> Int {
  guard let buffer, let user else { return 0 }
  let bytes = UnsafeRawBufferPointer(start: buffer, count: size * count)
  return slot(user).answer.takeBody(bytes) ? bytes.count : ~bytes.count
}

func takeHeader(
  _ buffer: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ user: UnsafeMutableRawPointer?
) -> Int {
  guard let buffer, let user else { return 0 }
  let line = UnsafeRawBufferPointer(start: buffer, count: size * count)
  return slot(user).takeLine(line) ? line.count : ~line.count
}

func countProgress(
  _ user: UnsafeMutableRawPointer?, _ expectedDown: curl_off_t, _ down: curl_off_t, _ expectedUp: curl_off_t,
  _ up: curl_off_t
) -> Int32 {
  if let user { slot(user).count(sent: Int64(up), received: Int64(down)) }
  return 0
}

func willSendRequest(
  _ user: UnsafeMutableRawPointer?, _ serverAddress: UnsafeMutablePointer<CChar>?,
  _ ownAddress: UnsafeMutablePointer<CChar>?, _ serverPort: Int32, _ ownPort: Int32
) -> Int32 {
  if let user { slot(user).willSend() }
  return CURL_PREREQFUNC_OK
}
