internal import CSupastoreLinux
internal import Glibc

/// Takes a `multipart/form-data` body apart as it arrives. Used by one thread.
final class MultipartForm {
  /// What introduces a part.
  struct Part {
    var name: String
    /// Whether it is a file rather than a field: it has a file name or is of the type for bytes.
    var isFile: Bool
    var contentType: String?
  }

  /// The body ended inside a part.
  struct Truncated: Error {}

  /// The most that is read ahead to see a small form whole.
  static let smallByteCount = 65_536

  private let body: any HTTPRequestBody
  private let delimiter: [UInt8]
  /// What was received and not yet taken; begins with a line's end so that the first delimiter is like all others.
  private var buffer: [UInt8] = Array("\r\n".utf8)
  private var receivedByteCount = 0
  private var isAtEnd = false

  /// nil when the type names no boundary.
  init?(contentType: String, body: any HTTPRequestBody) {
    guard let boundary = Self.parameter("boundary", of: contentType), !boundary.isEmpty else { return nil }
    delimiter = Array("\r\n--\(boundary)".utf8)
    self.body = body
  }

  /// Whether all of the body is here, after reading ahead a little.
  func isSmall() throws -> Bool {
    while !isAtEnd, receivedByteCount < Self.smallByteCount { _ = try fill() }
    return isAtEnd
  }

  /// Steps over the rest of this part to the next one; nil after the last.
  func next() throws -> Part? {
    try read { _ in }
    while buffer.count < delimiter.count + 2 { guard try fill() else { throw Truncated() } }
    buffer.removeFirst(delimiter.count)
    if buffer.starts(with: "--".utf8) { return nil }
    while true {
      if let end = index(of: Array("\r\n\r\n".utf8)) {
        let part = Self.part(buffer[..<end])
        buffer.removeFirst(end + 4)
        return part
      }
      guard try fill() else { throw Truncated() }
    }
  }

  /// The bytes of the present part that are left, given to `take` piece by piece.
  func read(_ take: ([UInt8]) throws -> Void) throws {
    while true {
      if let end = index(of: delimiter) {
        if end > 0 { try take(Array(buffer[..<end])) }
        buffer.removeFirst(end)
        return
      }
      let safe = buffer.count - delimiter.count
      if safe > 0 {
        try take(Array(buffer[..<safe]))
        buffer.removeFirst(safe)
      }
      guard try fill() else { throw Truncated() }
    }
  }

  private func fill() throws -> Bool {
    if isAtEnd { return false }
    let bytes = try body.read(upTo: 262_144)
    isAtEnd = bytes.isEmpty
    receivedByteCount += bytes.count
    buffer += bytes
    return !isAtEnd
  }

  private func index(of needle: [UInt8]) -> Int? {
    buffer.withUnsafeBytes { haystack in
      guard let base = haystack.baseAddress,
        let found = memmem(base, haystack.count, needle, needle.count)
      else { return nil }
      return UnsafeRawPointer(found) - base
    }
  }

  private static func part(_ head: ArraySlice<UInt8>) -> Part {
    var part = Part(name: "", isFile: false, contentType: nil)
    var hasFileName = false
    for line in String(decoding: head, as: UTF8.self).split(separator: "\r\n") {
      guard let colon = line.firstIndex(of: ":") else { continue }
      let value = String(line[line.index(after: colon)...].drop { $0 == " " })
      switch line[..<colon].lowercased() {
      case "content-disposition":
        part.name = parameter("name", of: value) ?? ""
        hasFileName = parameter("filename", of: value) != nil || parameter("filename*", of: value) != nil
      case "content-type":
        part.contentType = String(value.prefix { $0 != ";" })
      default: break
      }
    }
    part.isFile = hasFileName || part.contentType == "application/octet-stream"
    return part
  }

  /// A parameter of a header's value, without its quotes.
  private static func parameter(_ name: String, of header: String) -> String? {
    var rest = header[...].drop { $0 != ";" }
    while rest.first == ";" {
      rest = rest.dropFirst().drop { $0 == " " }
      let key = rest.prefix { $0 != "=" && $0 != ";" }
      rest = rest.dropFirst(key.count)
      guard rest.first == "=" else { continue }
      rest = rest.dropFirst()
      var value = ""
      if rest.first == "\"" {
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
          if character == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(character) }
        }
        rest = rest.drop { $0 != ";" }
      } else {
        value = String(rest.prefix { $0 != ";" && $0 != " " })
        rest = rest.drop { $0 != ";" }
      }
      if key.lowercased() == name { return value }
    }
    return nil
  }
}
