internal import StorageFormats

/// A bucket as the server knows it.
package struct RemoteBucket: Sendable, Equatable {
  /// What requests address; usually the same as `name`.
  package let id: String
  package let name: String
  package let settings: BucketSettings
  /// ISO 8601, UTC.
  package let createdAt: String?
}

/// What can be set on a bucket; a change replaces all of it.
package struct BucketSettings: Sendable, Equatable {
  package var isPublic: Bool
  /// In bytes; nil leaves only the project's limit.
  package var fileSizeLimit: Int64?
  /// Nil takes every type.
  package var allowedMIMETypes: [String]?

  package init(isPublic: Bool = false, fileSizeLimit: Int64? = nil, allowedMIMETypes: [String]? = nil) {
    self.isPublic = isPublic
    self.fileSizeLimit = fileSizeLimit
    self.allowedMIMETypes = allowedMIMETypes
  }

  /// The members of a JSON object; numbers only, for the server reads `50MB` as 50,000,000.
  func write(to writer: inout JSONWriter) {
    writer.key("public")
    writer.value(isPublic)
    writer.key("file_size_limit")
    if let fileSizeLimit { writer.value(fileSizeLimit) } else { writer.null() }
    writer.key("allowed_mime_types")
    guard let allowedMIMETypes else { return writer.null() }
    writer.beginArray()
    for type in allowedMIMETypes { writer.value(type) }
    writer.endArray()
  }
}

extension RemoteBucket: Decodable {
  private enum CodingKeys: String, CodingKey {
    case id, name
    case isPublic = "public"
    case fileSizeLimit = "file_size_limit"
    case allowedMIMETypes = "allowed_mime_types"
    case createdAt = "created_at"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    id = try container.decode(String.self, forKey: .id)
    name = try container.decode(String.self, forKey: .name)
    settings = BucketSettings(
      isPublic: try container.decodeIfPresent(Bool.self, forKey: .isPublic) ?? false,
      fileSizeLimit: try container.decodeIfPresent(Int64.self, forKey: .fileSizeLimit),
      allowedMIMETypes: try container.decodeIfPresent([String].self, forKey: .allowedMIMETypes))
    createdAt = try container.decodeIfPresent(String.self, forKey: .createdAt)
  }
}
