/// The request line and the header fields of one request.
struct HTTPHead {
  enum Framing: Equatable {
    case none
    case length(Int64)
    case chunked
  }

  /// Why a head is no request.
  struct Malformed: Error {}

  var method: String
  var target: [UInt8]
  var headers: HTTPHeaders
  var framing: Framing
  var keepsConnection: Bool
  var expectsContinue: Bool

  /// - Parameter bytes: up to and including the empty line.
  init(_ bytes: [UInt8]) throws(Malformed) {
    var lines = bytes.dropLast(2).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    guard let requestLine = lines.popFirst().map(Self.withoutReturn), lines.popLast()?.isEmpty == true else {
      throw Malformed()
    }
    // The target keeps whatever stands between the first and the last space.
    guard let first = requestLine.firstIndex(of: UInt8(ascii: " ")), first > requestLine.startIndex,
      let last = requestLine.lastIndex(of: UInt8(ascii: " ")), last > first + 1,
      requestLine[last...].starts(with: " HTTP/1.".utf8), requestLine.endIndex - last == 9,
      requestLine[..<first].allSatisfy(Self.isTokenByte)
    else { throw Malformed() }
    method = String(decoding: requestLine[..<first], as: UTF8.self)
    target = Array(requestLine[(first + 1)..<last])
    headers = try Self.headers(lines)
    framing = try Self.framing(headers)
    let connection = headers["Connection"]?.lowercased()
    keepsConnection = requestLine.last == UInt8(ascii: "1") ? connection != "close" : connection == "keep-alive"
    expectsContinue = headers["Expect"]?.lowercased() == "100-continue"
  }

  private static func headers(_ lines: ArraySlice<ArraySlice<UInt8>>) throws(Malformed) -> HTTPHeaders {
    var fields: [(name: String, value: String)] = []
    fields.reserveCapacity(lines.count)
    for line in lines {
      let line = withoutReturn(line)
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex,
        line[..<colon].allSatisfy(isTokenByte)
      else { throw Malformed() }
      var value = line[(colon + 1)...]
      while let byte = value.first, byte == 0x20 || byte == 0x09 { value.removeFirst() }
      while let byte = value.last, byte == 0x20 || byte == 0x09 { value.removeLast() }
      fields.append((String(decoding: line[..<colon], as: UTF8.self), String(latin1: value)))
    }
    return HTTPHeaders(fields)
  }

  private static func framing(_ headers: HTTPHeaders) throws(Malformed) -> Framing {
    let lengths = headers.all("Content-Length")
    if let coding = headers["Transfer-Encoding"] {
      guard coding.lowercased() == "chunked", lengths.isEmpty else { throw Malformed() }
      return .chunked
    }
    guard let text = lengths.first else { return .none }
    guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let length = Int64(text)
    else { throw Malformed() }
    return .length(length)
  }

  private static func withoutReturn(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
