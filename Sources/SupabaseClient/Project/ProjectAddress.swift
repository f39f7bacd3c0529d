import CurlHTTP

/// The base URL of a Supabase project in its one normal form: lower-case host, no default port, no final slash.
package struct ProjectAddress: Hashable, Sendable {
  /// E.g. `https://abcdefgh.supabase.co` or `http://127.0.0.1:54321`.
  package let url: String
  package let host: String

  /// `http` is taken for loopback hosts; for others only with `allowingPlainHTTP`.
  package init(_ text: String, allowingPlainHTTP: Bool = false) throws(InvalidProjectAddress) {
    guard !text.isEmpty else { throw .empty }
    guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else { throw .forbiddenCharacter }
    guard let colon = text.firstRange(of: "://") else { throw .noScheme }
    let scheme = text[..<colon.lowerBound].lowercased()
    guard scheme == "https" || scheme == "http" else { throw .unknownScheme }
    let rest = text[colon.upperBound...]
    guard !rest.contains(where: { $0 == "?" || $0 == "#" }) else { throw .queryOrFragment }

    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else { throw .userInfo }
    let (host, port) = try Self.hostAndPort(authority.lowercased())
    guard scheme == "https" || allowingPlainHTTP || HTTPRequest.isLoopback(host: host) else { throw .plainHTTP }
    let path = try Self.pathPrefix(rest.dropFirst(authority.count))

    self.host = host
    let isDefaultPort = port == nil || port == (scheme == "https" ? 443 : 80)
    url = "\(scheme)://\(host)\(isDefaultPort ? "" : ":\(port ?? 0)")\(path)"
  }

  private static func hostAndPort(_ authority: String) throws(InvalidProjectAddress) -> (host: String, port: Int?) {
    var host = authority[...]
    var port: Int?
    let end = authority.lastIndex(of: "]") ?? authority.startIndex
    if let colon = authority[end...].lastIndex(of: ":") {
      host = authority[..<colon]
      let digits = authority[authority.index(after: colon)...]
      guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits),
        (1...65535).contains(number)
      else { throw .invalidPort }
      port = number
    }
    guard isHost(host) else { throw .invalidHost }
    return (String(host), port)
  }

  private static func isHost(_ host: Substring) -> Bool {
    if host.hasPrefix("[") {
      return host.hasSuffix("]") && host.contains(":")
        && host.dropFirst().dropLast().utf8.allSatisfy {
          isHexDigit($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: ".")
        }
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    return labels.allSatisfy { label in
      !label.isEmpty && !label.hasPrefix("-")
        && label.utf8.allSatisfy { PercentEncoding.isUnreserved($0) && $0 != UInt8(ascii: "~") }
    }
  }

  private static func isHexDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): true
    default: false
    }
  }

  private static func pathPrefix(_ path: Substring) throws(InvalidProjectAddress) -> String {
    var trimmed = path
    while trimmed.hasSuffix("/") { trimmed.removeLast() }
    guard !trimmed.isEmpty else { return "" }
    let segments = trimmed.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = segments.allSatisfy { segment in
      !segment.isEmpty && segment != "." && segment != ".." && segment.utf8.allSatisfy(PercentEncoding.isUnreserved)
    }
    guard isPlain else { throw .invalidPath }
    guard !["/rest/v1", "/storage/v1", "/auth/v1"].contains(where: { trimmed.hasSuffix($0) }) else {
      throw .servicePath
    }
    return String(trimmed)
  }
}

/// Why a text is no project address. Never holds any of it: it may carry a password.
package enum InvalidProjectAddress: Error, Hashable, Sendable {
  case empty
  case forbiddenCharacter
  case noScheme
  case unknownScheme
  case userInfo
  case queryOrFragment
  case invalidHost
  case invalidPort
  case invalidPath
  /// Ends in `/rest/v1` or the like.
  case servicePath
  /// `http` to another machine.
  case plainHTTP
}

extension InvalidProjectAddress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .empty: "the URL is empty"
    case .forbiddenCharacter: "the URL holds a space, a control character or a letter outside ASCII"
    case .noScheme: "the URL does not begin with https://"
    case .unknownScheme: "the URL is neither https nor http"
    case .userInfo: "the URL holds a user name or password"
    case .queryOrFragment: "the URL holds a query or a fragment"
    case .invalidHost: "the URL has no valid host name"
    case .invalidPort: "the URL's port is not a number from 1 to 65535"
    case .invalidPath: "the URL's path holds an empty segment, a dot segment or a character that needs encoding"
    case .servicePath: "the URL is that of one service: give the project's URL without /rest/v1 or /storage/v1"
    case .plainHTTP: "plain http would send the key in the open: use https"
    }
  }
}
