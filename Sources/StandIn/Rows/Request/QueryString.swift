/// The parameters of a URL in the order they were sent.
struct QueryString: Equatable {
  struct Parameter: Equatable {
    /// Decoded: `+` is a space, `%XX` a byte.
    var name: [UInt8]
    /// nil without `=`.
    var value: [UInt8]?
  }

  private(set) var parameters: [Parameter] = []

  /// - Parameter text: what follows the `?`.
  init(_ text: some Collection<UInt8>) {
    var parts = text.split(omittingEmptySubsequences: false) { $0 == UInt8(ascii: "&") || $0 == UInt8(ascii: ";") }
    if parts.last?.isEmpty == true { parts.removeLast() }
    parameters = parts.map { part in
      guard let equals = part.firstIndex(of: UInt8(ascii: "=")) else {
        return Parameter(name: percentDecoded(part, plusIsSpace: true), value: nil)
      }
      return Parameter(
        name: percentDecoded(part[..<equals], plusIsSpace: true),
        value: percentDecoded(part[part.index(after: equals)...], plusIsSpace: true))
    }
  }

  /// As text. Throws what the server answers to bytes that are no UTF-8.
  func decoded() throws(RowsError) -> [(name: String, value: String?)] {
    var result: [(name: String, value: String?)] = []
    for parameter in parameters {
      guard let name = String(validating: parameter.name, as: UTF8.self) else { throw .somethingWentWrong }
      var value: String?
      if let bytes = parameter.value {
        value = String(validating: bytes, as: UTF8.self)
        if value == nil { throw .somethingWentWrong }
      }
      result.append((name, value))
    }
    return result
  }

  /// Sorted by name and encoded again, byte for byte as the server does it: values of one name are joined by commas,
  /// and a byte above 127 is taken for a Latin-1 character and encoded as UTF-8.
  var canonical: String {
    var names: [[UInt8]] = []
    var values: [[UInt8]: [[UInt8]]] = [:]
    for parameter in parameters {
      if values[parameter.name] == nil { names.append(parameter.name) }
      values[parameter.name, default: []].append(parameter.value ?? [])
    }
    return names.sorted { $0.lexicographicallyPrecedes($1) }.map { name in
      Self.encodedAsLatin1(name) + "=" + (values[name] ?? []).map(Self.encodedAsLatin1).joined(separator: ",")
    }.joined(separator: "&")
  }

  private static func encodedAsLatin1(_ bytes: [UInt8]) -> String {
    percentEncoded(String(latin1: bytes).utf8)
  }
}

/// With `%XX` as the bytes they stand for; a `%` without two hex digits stays.
func percentDecoded(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = false) -> [UInt8] {
  var result: [UInt8] = []
  result.reserveCapacity(bytes.count)
  var rest = bytes[...]
  while let byte = rest.popFirst() {
    switch byte {
    case UInt8(ascii: "+") where plusIsSpace: result.append(UInt8(ascii: " "))
    case UInt8(ascii: "%"):
      let digits = rest.prefix(2)
      guard digits.count == 2, let high = digits.first.flatMap(hexadecimalValue),
        let low = digits.dropFirst().first.flatMap(hexadecimalValue)
      else {
        result.append(byte)
        continue
      }
      result.append(high << 4 | low)
      rest = rest.dropFirst(2)
    default: result.append(byte)
    }
  }
  return result
}

/// With everything but letters, digits and `-_.~` as `%XX`.
func percentEncoded(_ bytes: some Sequence<UInt8>) -> String {
  var result: [UInt8] = []
  for byte in bytes {
    switch Unicode.Scalar(byte) {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "~": result.append(byte)
    default: result.appendPercentEncoded(byte)
    }
  }
  return String(decoding: result, as: UTF8.self)
}
