// Text as bytes: `Character`s are slow, and nothing here depends on them.

extension String {
  /// With `mark` before every ASCII byte of `bytes`; the text ends at a NUL, as it does for PostgreSQL.
  func marking(_ bytes: StaticString, with mark: Unicode.Scalar) -> String {
    bytes.withUTF8Buffer { marked in
      var text = self
      return text.withUTF8 { source in
        let source = source.prefix { $0 != 0 }
        var result: [UInt8] = []
        result.reserveCapacity(source.count + 8)
        for byte in source {
          if marked.contains(byte) { result.append(UInt8(ascii: mark)) }
          result.append(byte)
        }
        return String(decoding: result, as: UTF8.self)
      }
    }
  }

  /// One scalar a byte, the other way round than `latin1Bytes`.
  init(latin1 bytes: some Collection<UInt8>) {
    if bytes.allSatisfy({ $0 < 0x80 }) {
      self.init(decoding: bytes, as: UTF8.self)
    } else {
      var scalars = String.UnicodeScalarView()
      scalars.append(contentsOf: bytes.map { Unicode.Scalar($0) })
      self.init(scalars)
    }
  }

  init(_ scalars: ArraySlice<Unicode.Scalar>) {
    if scalars.allSatisfy(\.isASCII) {
      self.init(unsafeUninitializedCapacity: scalars.count) { buffer in
        for (index, scalar) in scalars.enumerated() { buffer[index] = UInt8(truncatingIfNeeded: scalar.value) }
        return scalars.count
      }
    } else {
      var view = String.UnicodeScalarView()
      view.append(contentsOf: scalars)
      self.init(view)
    }
  }
}

/// The value of a hexadecimal digit.
func hexadecimalValue(of byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}

extension [UInt8] {
  /// `%XX`
  mutating func appendPercentEncoded(_ byte: UInt8) {
    let digits = Array("0123456789ABCDEF".utf8)
    append(UInt8(ascii: "%"))
    append(digits[Int(byte >> 4)])
    append(digits[Int(byte & 15)])
  }
}
