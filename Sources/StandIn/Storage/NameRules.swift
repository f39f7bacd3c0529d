/// The rules for the names of buckets and objects.
enum NameRules {
  /// Everything a name may hold besides letters, digits and `_`; keys may hold `/` too.
  private static let punctuation = Array("!-.*'() &$@=;:+,?".utf8)

  private static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
      true
    default:
      punctuation.contains(byte)
    }
  }

  static func isKey(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 == UInt8(ascii: "/") || isAllowed($0) }
  }

  static func isBucket(_ name: String) -> Bool {
    (1...100).contains(name.utf8.count) && name.utf8.allSatisfy(isAllowed) && !name.hasSuffix("--table-s3")
  }

  /// A new bucket's name may not begin or end with a blank either.
  static func isNewBucket(_ name: String) -> Bool {
    isBucket(name) && name.first != " " && name.last != " "
  }

  static func checkKey(_ key: String) throws(StorageError) {
    guard isKey(key) else { throw .invalidKey(key) }
  }

  static func checkBucket(_ name: String) throws(StorageError) {
    guard isBucket(name) else { throw .invalidBucketName }
  }

  /// The name of the object by which clients keep an empty folder: it may hold no byte.
  static func isFolderPlaceholder(_ key: String) -> Bool {
    key.hasSuffix(".emptyFolderPlaceholder")
  }
}
