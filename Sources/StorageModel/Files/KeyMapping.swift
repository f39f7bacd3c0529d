/// How bytes of local names become characters that every storage back end takes in an object key.
package enum KeyMapping {
  /// Bytes of one segment of a key; file systems behind the server stop at 255, and the server adds to some names.
  static let segmentLimit = 200
  static let pathLimit = 800
  static let extensionLimit = 16

  /// Letters, digits, `.`, `_` and `-` of ASCII stay; everything else becomes `_`.
  static func mapped(_ byte: UInt8) -> UInt8 {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), .dot, UInt8(ascii: "_"), UInt8(ascii: "-"):
      byte
    default: UInt8(ascii: "_")
    }
  }

  /// One segment. What a path would swallow (nothing, `.` and `..`) becomes `_`.
  package static func segment(_ bytes: some Collection<UInt8>) -> [UInt8] {
    if bytes.isEmpty || bytes.elementsEqual([.dot]) || bytes.elementsEqual([.dot, .dot]) { return [UInt8(ascii: "_")] }
    return bytes.prefix(segmentLimit).map(mapped)
  }

  /// A base name cut before the dot of its last suffix. A suffix has 1 to 16 bytes after its dot, and dots at the
  /// start of a name begin none: `.profile` is all stem.
  package static func split<Name: BidirectionalCollection<UInt8>>(
    _ name: Name
  ) -> (stem: Name.SubSequence, suffix: Name.SubSequence) {
    guard let dot = name.lastIndex(of: .dot), name[..<dot].contains(where: { $0 != .dot }),
      (2...extensionLimit + 1).contains(name.distance(from: dot, to: name.endIndex))
    else { return (name[...], name[name.endIndex...]) }
    return (name[..<dot], name[dot...])
  }
}
