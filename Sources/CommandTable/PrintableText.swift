extension String {
  /// Text that is safe on a terminal. Control characters, characters that change the direction of writing, and bytes
  /// that are not UTF-8 become escapes such as `\x1b`, one for each byte; everything else stays as it is.
  public init(printable bytes: some Collection<UInt8>) {
    self = ""
    var parser = UTF8.ForwardParser()
    var unread = bytes.makeIterator()
    var position = bytes.startIndex
    while true {
      switch parser.parseScalar(from: &unread) {
      case .valid(let encoded):
        let scalar = UTF8.decode(encoded)
        if scalar.isHarmless { unicodeScalars.append(scalar) } else { appendEscapes(of: encoded) }
        bytes.formIndex(&position, offsetBy: encoded.count)
      case .error(let length):
        let end = bytes.index(position, offsetBy: length)
        appendEscapes(of: bytes[position..<end])
        position = end
      case .emptyInput:
        return
      }
    }
  }

  /// The same for text, for instance a message of the server.
  public init(printable text: some StringProtocol) {
    self.init(printable: Array(text.utf8))
  }

  private mutating func appendEscapes(of bytes: some Sequence<UInt8>) {
    for byte in bytes {
      let digits = String(byte, radix: 16)
      self += "\\x" + (digits.count == 1 ? "0" : "") + digits
    }
  }
}

extension Unicode.Scalar {
  fileprivate var isHarmless: Bool {
    switch value {
    case 0x00...0x1F, 0x7F...0x9F: false  // C0, delete, C1
    case 0x2028, 0x2029: false  // line and paragraph separator
    case 0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: false  // direction of writing
    default: true
    }
  }
}
