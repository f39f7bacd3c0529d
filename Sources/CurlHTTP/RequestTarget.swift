/// What must be known of a URL before a connection is made for it.
struct RequestTarget {
  enum Scheme: String {
    case http
    case https
  }

  let scheme: Scheme
  /// 127.0.0.0/8, `::1` or `localhost`.
  let isLoopback: Bool

  /// Throws `.invalidRequest` for a URL that libcurl could read otherwise than its author meant it: relative, with
  /// bytes that must be percent-encoded, user information, a fragment, or a host that is no plain name or address.
  init(_ url: String) throws(TransportError) {
    let bytes = url.utf8
    guard bytes.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") && $0 != UInt8(ascii: "#") })
    else { throw .invalid("the URL holds a byte that must be percent-encoded") }
    let rest: Substring.UTF8View
    if bytes.starts(with: "https://".utf8) {
      (scheme, rest) = (.https, bytes.dropFirst(8))
    } else if bytes.starts(with: "http://".utf8) {
      (scheme, rest) = (.http, bytes.dropFirst(7))
    } else {
      throw .invalid("the URL does not begin with https:// or http://")
    }
    let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    guard !authority.contains(UInt8(ascii: "@")) else { throw .invalid("the URL holds user information") }
    guard let host = Self.host(of: authority) else { throw .invalid("the URL has no valid host") }
    isLoopback = HTTPRequest.isLoopback(host: Substring(host))
  }

  /// Nil unless the authority is `name`, `name:port`, `[address]` or `[address]:port`.
  private static func host(of authority: Substring.UTF8View) -> Substring.UTF8View? {
    let colon = UInt8(ascii: ":")
    let host: Substring.UTF8View
    if authority.first == UInt8(ascii: "[") {
      guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return nil }
      host = authority[...end]
      let address = host.dropFirst().dropLast()
      guard address.contains(colon), address.allSatisfy({ isHexDigit($0) || $0 == colon || $0 == UInt8(ascii: ".") })
      else { return nil }
    } else {
      host = authority.prefix { $0 != colon }
      guard !host.isEmpty, host.allSatisfy(isNameByte) else { return nil }
    }
    let port = authority[host.endIndex...]
    guard port.isEmpty || (port.first == colon && UInt16(Substring(port.dropFirst())).map { $0 > 0 } == true)
    else { return nil }
    return host
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
      UInt8(ascii: "A")...UInt8(ascii: "F"):
      true
    default: false
    }
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }
}

extension HTTPRequest {
  /// Whether a host, as URLs write it, is this very machine: 127.0.0.0/8, `[::1]` or `localhost`.
  package static func isLoopback(host: some StringProtocol) -> Bool {
    if host == "[::1]" || host.lowercased() == "localhost" { return true }
    let parts = host.split(separator: ".", omittingEmptySubsequences: false)
    // Some resolvers read a leading zero as octal.
    return parts.count == 4 && parts[0] == "127"
      && parts.allSatisfy { UInt8($0) != nil && ($0 == "0" || !$0.hasPrefix("0")) }
  }

  /// Throws `.invalidRequest` when the head could not be sent as it is meant.
  func checkHead() throws(TransportError) {
    for field in headers {
      guard !field.name.isEmpty, field.name.utf8.allSatisfy(Self.isTokenByte) else {
        throw .invalid("a header has an invalid name")
      }
      guard !["content-length", "transfer-encoding", "expect"].contains(field.name.lowercased()) else {
        throw .invalid("the client sets \(field.name.lowercased()) by itself")
      }
      guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
        throw .invalid("the value of a header holds a control character")
      }
    }
    switch (method, body) {
    case (.get, .none), (.head, .none): break
    case (.get, _), (.head, _): throw .invalid("\(method.rawValue) has no body")
    case (_, .file(_, let range, _)) where range.lowerBound < 0: throw .invalid("the range of the body is negative")
    case (.post, _), (.put, _), (.patch, _), (.delete, _): break
    }
  }

  /// RFC 9110 §5.6.2.
  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"):
      true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
