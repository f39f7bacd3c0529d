internal import FoundationEssentials
package import StorageModel

/// A content that travels in a URL of its own (RFC 2397): `data:image/png;base64,iVBORw0…`.
package struct DataURL: Sendable, Equatable {
  /// Without parameters; `text/plain` when the URL names none.
  package let mediaType: MediaType
  package let content: [UInt8]

  /// Whether `text` is meant as one: it begins with `data:`, in letters of either case. A file of such a name is written
  /// with `./` in front.
  package static func isDataURL(_ text: some Collection<UInt8>) -> Bool {
    text.prefix(scheme.count).lowercased == scheme
  }

  /// Reads one. Base64 may be of either alphabet, with or without padding, with white space in it. A `#` begins no
  /// fragment: it belongs to the content.
  ///
  /// Throws `.configuration` when a part cannot be read, for a content is never guessed. No message repeats the content.
  package init(_ text: some Collection<UInt8>) throws(StorageError) {
    let text = Array(text)
    guard Self.isDataURL(text), let comma = text.firstIndex(of: UInt8(ascii: ",")) else {
      throw .dataURL("has no comma before its content")
    }
    guard let header = text[Self.scheme.count..<comma].percentDecoded, let data = text[(comma + 1)...].percentDecoded
    else { throw .dataURL("has a % that no two hexadecimal digits follow") }

    let parts = header.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map(\.trimmed)
    if let type = parts.first, !type.isEmpty {
      guard let type = MediaType(validating: String(decoding: type, as: UTF8.self)) else {
        throw .dataURL("does not begin with a media type such as image/png")
      }
      mediaType = type
    } else {
      mediaType = .plainText
    }
    if parts.count > 1, parts.last?.lowercased == Array("base64".utf8) {
      guard let bytes = data.base64Decoded else { throw .dataURL("holds a content that is not base64") }
      content = bytes
    } else {
      content = data
    }
  }

  private static let scheme = Array("data:".utf8)
}

extension StorageError {
  /// `flaw` after "the data URL".
  fileprivate static func dataURL(_ flaw: String) -> StorageError {
    StorageError(
      .configuration, "the data URL \(flaw)",
      hint: "write data:TYPE;base64,CONTENT, or pass the content itself on standard input")
  }
}

extension ArraySlice<UInt8> {
  /// With the bytes that `%41` and its like stand for; nil when a `%` stands for nothing.
  fileprivate var percentDecoded: [UInt8]? {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(count)
    var rest = self
    while let byte = rest.popFirst() {
      guard byte == UInt8(ascii: "%") else {
        decoded.append(byte)
        continue
      }
      guard let high = rest.popFirst()?.hexadecimalValue, let low = rest.popFirst()?.hexadecimalValue else {
        return nil
      }
      decoded.append(high << 4 | low)
    }
    return decoded
  }
}

extension [UInt8] {
  /// The bytes that base64 stands for; nil when it is none.
  fileprivate var base64Decoded: [UInt8]? {
    var digits: [UInt8] = []
    digits.reserveCapacity(count + 3)
    for byte in self {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): continue
      case UInt8(ascii: "-"): digits.append(UInt8(ascii: "+"))
      case UInt8(ascii: "_"): digits.append(UInt8(ascii: "/"))
      default: digits.append(byte)
      }
    }
    if digits.last != UInt8(ascii: "=") {
      while digits.count % 4 != 0 { digits.append(UInt8(ascii: "=")) }
    }
    // Foundation would let a padding pass that is too long.
    return digits.count % 4 == 0 ? Data(base64Encoded: Data(digits)).map(Array.init) : nil
  }
}

extension UInt8 {
  fileprivate var hexadecimalValue: UInt8? {
    switch self {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): self - UInt8(ascii: "0")
    case UInt8(ascii: "A")...UInt8(ascii: "F"): self - UInt8(ascii: "A") + 10
    case UInt8(ascii: "a")...UInt8(ascii: "f"): self - UInt8(ascii: "a") + 10
    default: nil
    }
  }
}
