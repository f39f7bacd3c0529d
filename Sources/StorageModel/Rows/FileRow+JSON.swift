public import StorageFormats

extension FileID: Decodable {
  public init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    guard let id = FileID(text) else {
      throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "not a UUID"))
    }
    self = id
  }
}

extension FileRow: Decodable {
  private enum CodingKeys: String, CodingKey {
    case id, metadata
    case storagePath = "storage_path"
    case originalName = "original_name"
    case mediaType = "mime_type"
    case byteCount = "size_bytes"
    case type = "file_type"
    case createdAt = "created_at"
  }

  public init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    let typeName = try row.decode(String.self, forKey: .type)
    guard let type = FileType(rawValue: typeName) else {
      throw DecodingError.dataCorruptedError(forKey: .type, in: row, debugDescription: "an unknown file type")
    }
    self.init(
      id: try row.decode(FileID.self, forKey: .id),
      storagePath: try row.decode(String.self, forKey: .storagePath),
      originalName: try row.decode(String.self, forKey: .originalName),
      mediaType: try row.decodeIfPresent(String.self, forKey: .mediaType),
      byteCount: try row.decodeByteCount(forKey: .byteCount),
      type: type,
      metadata: FileMetadata(try row.decodeIfPresent(JSONValue.self, forKey: .metadata) ?? .null),
      createdAt: try row.decodeIfPresent(String.self, forKey: .createdAt))
  }

  /// The columns that an insertion sets, in their order.
  private var columns: [(name: String, value: JSONValue)] {
    [
      ("id", .string(id.description)), ("storage_path", .string(storagePath)), ("original_name", .string(originalName)),
      ("mime_type", mediaType.map { .string($0) } ?? .null), ("size_bytes", byteCount.map { .integer($0) } ?? .null),
      ("file_type", .string(type.rawValue)), ("metadata", metadata.json),
    ]
  }

  /// Writes the members of the row to be inserted.
  package func write(to row: inout JSONWriter) {
    for (name, value) in columns {
      row.key(name)
      value.write(to: &row)
    }
  }

  /// The whole row, as the database has it.
  package var json: JSONValue {
    let createdAt: JSONValue = createdAt.map { .string($0) } ?? .null
    return .object(Dictionary(uniqueKeysWithValues: columns.map { ($0.name, $0.value) } + [("created_at", createdAt)]))
  }
}

extension FileMetadata {
  /// Takes what it knows from the column's JSON; a key of ours that does not hold text is nobody's and is kept as it is.
  package init(_ json: JSONValue) {
    guard case .object(var members) = json else {
      self.init()
      return
    }
    func take(_ key: String) -> String? {
      guard let text = members[key]?.string else { return nil }
      members[key] = nil
      return text
    }
    let (sha256, bucket, continuationID) = (take("sha256"), take("bucket"), take("continuation_id"))
    let (relativePath, relativePathBase64) = (take("relative_path"), take("relative_path_base64"))
    let (originalNameBase64, expiresAt) = (take("original_name_base64"), take("expires_at"))
    self.init(
      sha256: sha256, bucket: bucket, continuationID: continuationID, relativePath: relativePath,
      originalNameBase64: originalNameBase64, relativePathBase64: relativePathBase64, expiresAt: expiresAt,
      other: members)
  }

  /// Under the names they have in the column.
  private var known: [(name: String, value: String?)] {
    [
      ("sha256", sha256), ("bucket", bucket), ("continuation_id", continuationID), ("relative_path", relativePath),
      ("original_name_base64", originalNameBase64), ("relative_path_base64", relativePathBase64),
      ("expires_at", expiresAt),
    ]
  }

  /// The keys that are ours; nobody else may set them.
  public static let ownKeys = Set(FileMetadata().known.map(\.name))

  /// The whole column.
  public var json: JSONValue {
    var members = other
    for (name, value) in known { if let value { members[name] = .string(value) } }
    return .object(members)
  }
}
