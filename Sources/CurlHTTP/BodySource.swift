import Glibc

/// The bytes of a request's body and how far they have been read.
struct BodySource {
  let body: HTTPRequest.Body
  private(set) var offset: Int64 = 0

  init(_ body: HTTPRequest.Body) {
    self.body = body
  }

  var byteCount: Int64 {
    switch body {
    case .none: 0
    case .bytes(let bytes): Int64(bytes.count)
    case .file(_, let range, _): range.upperBound - range.lowerBound
    }
  }

  /// Fills `buffer` as far as the body reaches and returns how many bytes; nil when the source does not give what it
  /// promised.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int? {
    let count = Int(min(Int64(buffer.count), byteCount - offset))
    switch body {
    case .none: break
    case .bytes(let bytes):
      let start = Int(offset)
      bytes.withUnsafeBytes { buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + count])) }
    case .file(let descriptor, let range, let isUnchanged):
      var filled = 0
      while filled < count {
        let position = Int(range.lowerBound + offset) + filled
        let read = pread(descriptor, buffer.baseAddress.map { $0 + filled }, count - filled, position)
        if read < 0, errno == EINTR { continue }
        guard read > 0 else { return nil }
        filled += read
      }
      if offset + Int64(count) == byteCount, count > 0, !isUnchanged() { return nil }
    }
    offset += Int64(count)
    return count
  }

  /// Goes back, or forth, when libcurl has to send on a fresh connection.
  mutating func seek(to offset: Int64) -> Bool {
    guard (0...byteCount).contains(offset) else { return false }
    self.offset = offset
    return true
  }
}
