extension MediaType {
  /// What a person or another program says: `image/png`, or with parameters `text/plain; charset=utf-8`. Type and
  /// subtype become lower case, as they are compared; parameters stay. Nil unless it follows RFC 9110 and fits a header
  /// field and a column: 255 bytes at most, no character beyond ASCII.
  public init?(validating text: some StringProtocol) {
    var rest = Array(text.utf8)[...]
    guard rest.count <= 255, let type = rest.takeToken(), rest.take(.slash), let subtype = rest.takeToken() else {
      return nil
    }
    let name = String(decoding: (type + [.slash] + subtype).lowercased, as: UTF8.self)
    let parameters = String(decoding: rest, as: UTF8.self)
    while !rest.isEmpty {
      rest.dropSpaces()
      guard rest.take(UInt8(ascii: ";")) else { return nil }
      rest.dropSpaces()
      guard rest.takeToken() != nil, rest.take(UInt8(ascii: "=")), rest.takeValue() else { return nil }
    }
    self.init(name + parameters)
  }

  /// The type alone: `text/plain` of `text/plain; charset=utf-8`.
  public var withoutParameters: MediaType {
    let type = description.utf8.prefix {
      $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t")
    }
    return MediaType(String(decoding: type, as: UTF8.self))
  }

  /// How names of such contents usually end, without the dot: `png`. Nil when nothing is usual.
  public var fileExtension: String? {
    let type = withoutParameters.description.lowercased()
    let extensions = mediaTypesByExtension.first { $0.type == type }?.extensions
    return extensions?.split(separator: " ").first.map(String.init)
  }
}

extension ArraySlice<UInt8> {
  fileprivate mutating func take(_ byte: UInt8) -> Bool {
    guard first == byte else { return false }
    removeFirst()
    return true
  }

  fileprivate mutating func dropSpaces() {
    while take(UInt8(ascii: " ")) || take(UInt8(ascii: "\t")) {}
  }

  /// One or more bytes of a name.
  fileprivate mutating func takeToken() -> ArraySlice<UInt8>? {
    let token = prefix(while: \.isOfToken)
    guard !token.isEmpty else { return nil }
    removeFirst(token.count)
    return token
  }

  /// A token, or printable ASCII in quotes.
  fileprivate mutating func takeValue() -> Bool {
    guard take(UInt8(ascii: "\"")) else { return takeToken() != nil }
    while let byte = popFirst() {
      switch byte {
      case UInt8(ascii: "\""): return true
      case UInt8(ascii: "\\"):
        guard let escaped = popFirst(), (0x20...0x7e).contains(escaped) else { return false }
      case 0x20...0x7e, UInt8(ascii: "\t"): break
      default: return false
      }
    }
    return false
  }
}

extension UInt8 {
  /// `tchar` of RFC 9110.
  fileprivate var isOfToken: Bool {
    isLetter || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) || "!#$%&'*+-.^_`|~".utf8.contains(self)
  }
}
