import CSupastoreLinux
import Glibc

/// The receiving side of one socket, with what was read ahead. Confined to the connection's thread.
final class HTTPInput {
  /// The longest request line and header fields taken; the services have lower limits of their own.
  static let headLimit = 65_536

  private let socket: Int32
  private let storage = UnsafeMutableRawBufferPointer.allocate(byteCount: headLimit, alignment: 16)
  private var start = 0
  private var end = 0

  init(socket: Int32) {
    self.socket = socket
  }

  deinit { storage.deallocate() }

  private var waiting: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: storage[start..<end]) }

  /// The bytes of the next request's head, up to and including its empty line; nil when the peer sends no more.
  /// Throws `.badFraming` when the head is longer than `headLimit`.
  func readHead() throws(HTTPConnectionError) -> [UInt8]? {
    var searched = 0
    while true {
      while start < end, searched == 0, storage[start] == UInt8(ascii: "\r") || storage[start] == UInt8(ascii: "\n") {
        start += 1  // empty lines before a request are allowed
      }
      if let count = endOfHead(from: max(0, searched - 3)) {
        let head = Array(waiting[..<count])
        start += count
        return head
      }
      searched = end - start
      if searched == Self.headLimit { throw .badFraming }
      if try !fill() {
        if searched > 0 { throw .endedEarly }
        return nil
      }
    }
  }

  private func endOfHead(from offset: Int) -> Int? {
    guard end - start > offset, let base = storage.baseAddress else { return nil }
    guard let found = memmem(base + start + offset, end - start - offset, "\r\n\r\n", 4) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base + start) + 4
  }

  /// A line of the chunked framing, without its end.
  func readLine() throws(HTTPConnectionError) -> [UInt8] {
    while true {
      if let length = waiting.firstIndex(of: UInt8(ascii: "\n")) {
        var line = Array(waiting[..<length])
        start += length + 1
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return line
      }
      if end - start > 4096 { throw .badFraming }
      if try !fill() { throw .endedEarly }
    }
  }

  /// At least one and at most `limit` bytes. Throws `.endedEarly` when there are none to come.
  func read(upTo limit: Int) throws(HTTPConnectionError) -> [UInt8] {
    if start < end {
      let bytes = Array(waiting.prefix(limit))
      start += bytes.count
      return bytes
    }
    var received = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      received = receive(into: UnsafeMutableRawBufferPointer(buffer))
      count = max(0, received)
    }
    if received < 0 { throw .gone }
    if received == 0 { throw .endedEarly }
    return bytes
  }

  /// Throws away at least one and at most `limit` bytes, and tells how many.
  func skip(upTo limit: Int) throws(HTTPConnectionError) -> Int {
    if start == end, try !fill() { throw .endedEarly }
    let count = min(limit, end - start)
    start += count
    return count
  }

  /// Reads what is there; false when the peer sends no more.
  private func fill() throws(HTTPConnectionError) -> Bool {
    if start == end {
      (start, end) = (0, 0)
    } else if end == storage.count {
      storage.copyMemory(from: waiting)
      (start, end) = (0, end - start)
    }
    let received = receive(into: UnsafeMutableRawBufferPointer(rebasing: storage[end...]))
    if received < 0 { throw .gone }
    end += received
    return received > 0
  }

  private func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while true {
      let count = recv(socket, buffer.baseAddress, buffer.count, 0)
      if count >= 0 || errno != EINTR { return count }
    }
  }
}
