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

extension FileRow {
  /// The columns of `files`, in the order in which they are written.
  package enum Column: String, CodingKey, CaseIterable {
    case id
    case storagePath = "storage_path"
    case originalName = "original_name"
    case mediaType = "mime_type"
    case byteCount = "size_bytes"
    case type = "file_type"
    case metadata
    case createdAt = "created_at"
  }

  package func value(of column: Column) -> JSONValue {
    switch column {
    case .id: .string(id.description)
    case .storagePath: .string(storagePath)
    case .originalName: .string(originalName)
    case .mediaType: mediaType.map { .string($0) } ?? .null
    case .byteCount: byteCount.map { .integer($0) } ?? .null
    case .type: .string(type.rawValue)
    case .metadata: metadata.json
    case .createdAt: createdAt.map { .string($0) } ?? .null
    }
  }

  /// Writes the members of the row to be inserted: the database says when it was made.
  package func write(to row: inout JSONWriter) {
    for column in Column.allCases where column != .createdAt {
      row.key(column.rawValue)
      value(of: column).write(to: &row)
    }
  }

  /// The whole row, as the database has it.
  package var json: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: Column.allCases.map { ($0.rawValue, value(of: $0)) }))
  }
}

extension FileRow: Decodable {
  public init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: Column.self)
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
