internal import StorageDigests

/// What an id is made of: the name of a format, then fields, each after its length, so that no two lists of fields give
/// the same bytes.
struct IdentityRecipe {
  private var bytes: [UInt8]

  init(_ format: String) {
    bytes = Array(format.utf8) + [0]
  }

  mutating func append(_ field: [UInt8]) {
    let count = UInt64(field.count)
    for shift in stride(from: UInt64(56), through: 0, by: -8) {
      bytes.append(UInt8(truncatingIfNeeded: count >> shift))
    }
    bytes += field
  }

  /// The UUID of version 8 that follows from all of it.
  func uuid() throws(DigestError) -> FileID {
    FileID(try .of(bytes))
  }
}
