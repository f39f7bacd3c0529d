/// A client's own metadata of an object, on its way into a column of type `jsonb`.
enum UserMetadata {
  /// The longest one a form may hold, in bytes.
  static let byteLimit = 1_048_576

  /// The text that is stored. What is no object becomes the empty one, but the real server's driver hands arrays and
  /// strings to PostgreSQL as they are, and PostgreSQL refuses what is no JSON.
  static func text(_ value: JSON?) throws(StorageError) -> String {
    switch value {
    case nil, .null, .bool, .number, .text: return "{}"
    case .object(let members): return JSON.object(members).shortText
    case .array(let elements):
      guard elements.isEmpty else { throw .invalidMetadataJSON }
      return "{}"
    case .string(let string):
      guard JSON(parsing: string.utf8, loneSurrogates: .replaced) != nil else { throw .invalidMetadataJSON }
      let members = string.enumerated().map {
        JSON.Member(name: String($0.offset), value: .string(String($0.element)))
      }
      return JSON.object(members).shortText
    }
  }
}
