/// What a request sets for the objects of a bucket, checked. nil: the request does not say.
struct BucketRules {
  private(set) var byteLimit: PostgresParameter?
  private(set) var mimeTypes: PostgresParameter?

  /// - Parameter limit: the highest a bucket may have.
  init(_ body: JSON, limit: Int64) throws(StorageError) {
    if let value = body["file_size_limit"] {
      let bytes: Double?
      switch value {
      case .number(let number): bytes = number
      case .string(let text): bytes = ByteCount(text)?.bytes
      default: bytes = nil
      }
      if let bytes, bytes > Double(limit) { throw .tooLarge() }
      byteLimit = PostgresParameter(bytes.map { String(Int64($0)) })
    }
    if let value = body["allowed_mime_types"] {
      mimeTypes = PostgresParameter(nil as String?)
      if case .array(let elements) = value {
        let types = elements.compactMap(\.string).filter { !$0.isEmpty }
        for type in types where !Self.isAllowedMimeType(type) { throw .mimeTypeNotAllowed(type) }
        mimeTypes = StorageDatabase.array(types)
      }
    }
  }

  /// `type/subtype`, with or without a charset, or anything that ends in a star.
  static func isAllowedMimeType(_ type: String) -> Bool {
    guard type.utf8.count <= 1000 else { return false }
    if type.utf8.last == UInt8(ascii: "*") { return true }
    let halves = type.split(separator: "/", omittingEmptySubsequences: false)
    guard halves.count == 2, isWord(halves[0]) else { return false }
    let parts = halves[1].split(separator: ";", omittingEmptySubsequences: false)
    guard isWord(parts[0]), parts.count <= 2 else { return false }
    guard parts.count == 2 else { return true }
    let parameter = parts[1].drop { $0 == " " }
    guard parameter.hasPrefix("charset=") else { return false }
    return isWord(parameter.dropFirst("charset=".count))
  }

  private static func isWord(_ text: Substring) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-+.".utf8.contains(byte)
        }
      }
  }

  /// Whether an object of that type may enter a bucket with these types: letter by letter, `type/*` for any subtype.
  static func accepts(_ mimeType: String, among allowed: [String]) -> Bool {
    let halves = mimeType.split(separator: "/", omittingEmptySubsequences: false)
    return allowed.contains { entry in
      let wanted = entry.split(separator: "/", omittingEmptySubsequences: false)
      return wanted.first == halves.first && wanted.count > 1
        && (wanted[1] == "*" || (halves.count > 1 && wanted[1] == halves[1]))
    }
  }
}
