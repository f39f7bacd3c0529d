/// One HTTP answer, as it came.
package struct RawAnswer: Equatable {
  package var status: Int
  /// The 1xx statuses before it.
  package var interim: [Int]
  /// Names in lower case.
  package var headers: [String: String]
  package var body: [UInt8]

  package var text: String { String(decoding: body, as: UTF8.self) }
}

extension RawConnection {
  /// The next answer; nil when the server closed the connection without one.
  ///
  /// - Parameter onContinue: called after an interim answer.
  package func receiveAnswer(to method: String, onContinue: () throws -> Void = {}) throws -> RawAnswer? {
    var interim: [Int] = []
    while true {
      guard let lines = try receiveHead() else { return nil }
      let words = (lines.first ?? "").split(separator: " ")
      guard words.count > 1, let status = Int(words[1]) else { throw Failure(description: "no HTTP: \(lines)") }
      if status < 200 {
        interim.append(status)
        try onContinue()
        continue
      }
      var headers: [String: String] = [:]
      for line in lines.dropFirst() {
        guard let colon = line.firstIndex(of: ":") else { throw Failure(description: "no header: \(line)") }
        headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmed
      }
      let hasBody = method != "HEAD" && status != 204 && status != 304
      let body = hasBody ? try receiveBody(headers) : []
      return RawAnswer(status: status, interim: interim, headers: headers, body: body)
    }
  }

  private func receiveHead() throws -> [String]? {
    var bytes: [UInt8] = []
    while true {
      if let end = bytes.endOfHead {
        unreceive(bytes[end...])
        return String(decoding: bytes[..<(end - 4)], as: UTF8.self).split(separator: "\r\n").map(String.init)
      }
      let more = try receive()
      if more.isEmpty { return nil }
      bytes += more
    }
  }

  private func receiveBody(_ headers: [String: String]) throws -> [UInt8] {
    if headers["transfer-encoding"] == "chunked" {
      var body: [UInt8] = []
      while true {
        let size = Int(String(decoding: try receiveLine(), as: UTF8.self), radix: 16) ?? 0
        body += try receive(size)
        _ = try receiveLine()
        if size == 0 { return body }
      }
    }
    return try receive(headers["content-length"].flatMap(Int.init) ?? .max)
  }

  private func receiveLine() throws -> [UInt8] {
    var line: [UInt8] = []
    while true {
      let byte = try receive(1)
      if byte.isEmpty || byte == [UInt8(ascii: "\n")] { return line.filter { $0 != UInt8(ascii: "\r") } }
      line += byte
    }
  }

  /// So many bytes, fewer when the connection ends.
  private func receive(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      let more = try receive()
      if more.isEmpty { return bytes }
      let missing = count - bytes.count
      bytes += more.prefix(missing)
      if more.count > missing { unreceive(more[missing...]) }
    }
    return bytes
  }
}

extension Array<UInt8> {
  /// Where the empty line after the header fields ends.
  fileprivate var endOfHead: Int? {
    guard count >= 4 else { return nil }
    let end = Array("\r\n\r\n".utf8)
    return (4...count).first { self[($0 - 4)..<$0].elementsEqual(end) }
  }
}

extension Substring {
  /// Without spaces around it.
  fileprivate var trimmed: String {
    var text = self
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
