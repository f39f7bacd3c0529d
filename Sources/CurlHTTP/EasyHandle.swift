import CSupastoreCurl

/// The sole owner of one curl easy handle; freed exactly once, when the owner goes away, which is never while the handle
/// is in a multi handle.
struct EasyHandle: ~Copyable {
  let pointer: UnsafeMutableRawPointer

  init() throws(TransportError) {
    guard let pointer = curl_easy_init() else { throw .outOfMemory }
    self.pointer = pointer
  }

  deinit { curl_easy_cleanup(pointer) }

  /// Back to the defaults; connections, names and TLS sessions are kept.
  func reset() {
    curl_easy_reset(pointer)
  }

  func set(_ option: CURLoption, to value: Int) throws(TransportError) {
    try check(ccurl_setopt_long(pointer, option, value))
  }

  func set(_ option: CURLoption, toOffset value: Int64) throws(TransportError) {
    try check(ccurl_setopt_offset(pointer, option, curl_off_t(value)))
  }

  /// libcurl keeps a copy.
  func set(_ option: CURLoption, to value: String?) throws(TransportError) {
    try check(ccurl_setopt_string(pointer, option, value))
  }

  /// libcurl keeps the pointer.
  func set(_ option: CURLoption, toPointer value: UnsafeMutableRawPointer?) throws(TransportError) {
    try check(ccurl_setopt_pointer(pointer, option, value))
  }

  /// libcurl keeps the pointer.
  func set(_ option: CURLoption, to list: borrowing HeaderList) throws(TransportError) {
    try check(ccurl_setopt_list(pointer, option, list.first))
  }

  func set(_ option: CURLoption, to callback: ccurl_data_callback) throws(TransportError) {
    try check(ccurl_setopt_data_callback(pointer, option, callback))
  }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return ccurl_getinfo_long(pointer, info, &value) == CURLE_OK ? value : 0
  }

  func offset(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    return ccurl_getinfo_offset(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
  }

  func check(_ code: CURLcode) throws(TransportError) {
    guard code == CURLE_OK else { throw TransportError(settingUp: code) }
  }
}

/// The sole owner of a list of header lines. It must outlive its use by an easy handle.
struct HeaderList: ~Copyable {
  private(set) var first: UnsafeMutablePointer<curl_slist>?

  mutating func append(_ line: String) throws(TransportError) {
    guard let first = curl_slist_append(first, line) else { throw .outOfMemory }
    self.first = first
  }

  deinit { curl_slist_free_all(first) }
}

/// The sole owner of memory whose address libcurl knows.
struct FixedBuffer: ~Copyable {
  let bytes: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    bytes = .allocate(byteCount: byteCount, alignment: 16)
    bytes.initializeMemory(as: UInt8.self, repeating: 0)
  }

  deinit { bytes.deallocate() }
}
