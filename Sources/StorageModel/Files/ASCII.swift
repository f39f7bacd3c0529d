/// Bytes of ASCII, of which paths and names are made as far as anything here knows.
extension UInt8 {
  package static let slash = UInt8(ascii: "/")
  package static let dot = UInt8(ascii: ".")
  package static let backslash = UInt8(ascii: "\\")
  package static let colon = UInt8(ascii: ":")

  package var isWindowsSeparator: Bool { self == .slash || self == .backslash }

  /// Of ASCII.
  package var isLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lowercased) }

  /// Letters of ASCII alone.
  package var lowercased: UInt8 { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) ? self | 0x20 : self }
}

extension Sequence<UInt8> {
  /// With the letters of ASCII in lower case.
  package var lowercased: [UInt8] { map(\.lowercased) }
}

extension ArraySlice<UInt8> {
  /// Without spaces at either end.
  package var trimmed: ArraySlice<UInt8> {
    var rest = self
    while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
    while rest.last == UInt8(ascii: " ") { rest.removeLast() }
    return rest
  }
}
