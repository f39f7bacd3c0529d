internal import SupabaseClient

/// A row of `conversations` as it is asked for.
struct ConversationRow: Decodable, Sendable {
  static let columns: [Column] = ["id", "continuation_id", "title"]

  private enum CodingKeys: String, CodingKey {
    case id, title
    case continuationID = "continuation_id"
  }

  let id: String
  let continuationID: String
  let title: String?

  var conversation: Conversation {
    Conversation(id: id, continuationID: continuationID, title: title)
  }
}

/// A row of which only `id` was asked for.
struct IDRow: Decodable, Sendable {
  let id: FileID
}

/// A row of `conversation_files`.
struct LinkRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case id = "file_id"
  }

  let id: FileID
}

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
  static let columns: [Column] = insertedColumns + ["created_at"]
  static let insertedColumns: [Column] = [
    "id", "storage_path", "original_name", "mime_type", "size_bytes", "file_type", "metadata",
  ]

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
      byteCount: try row.decodeIfPresent(Int64.self, forKey: .byteCount),
      type: type,
      metadata: FileMetadata(try row.decodeIfPresent(JSONValue.self, forKey: .metadata) ?? .null),
      createdAt: try row.decodeIfPresent(String.self, forKey: .createdAt))
  }

  /// Writes the members of the row to be inserted.
  func write(to row: inout JSONWriter) {
    row.key("id")
    row.value(id.description)
    row.key("storage_path")
    row.value(storagePath)
    row.key("original_name")
    row.value(originalName)
    row.key("mime_type")
    if let mediaType { row.value(mediaType) } else { row.null() }
    row.key("size_bytes")
    if let byteCount { row.value(byteCount) } else { row.null() }
    row.key("file_type")
    row.value(type.rawValue)
    row.key("metadata")
    row.beginObject()
    for (name, value) in metadata.members {
      guard let value else { continue }
      row.key(name)
      row.value(value)
    }
    row.endObject()
  }
}

extension FileMetadata {
  /// Takes what it knows from the column's JSON, whatever else stands there.
  init(_ json: JSONValue) {
    self.init(
      sha256: json["sha256"]?.string, bucket: json["bucket"]?.string,
      continuationID: json["continuation_id"]?.string, relativePath: json["relative_path"]?.string,
      originalNameBase64: json["original_name_base64"]?.string,
      relativePathBase64: json["relative_path_base64"]?.string)
  }

  /// Under the names they have in the column.
  var members: [(name: String, value: String?)] {
    [
      ("sha256", sha256), ("bucket", bucket), ("continuation_id", continuationID), ("relative_path", relativePath),
      ("original_name_base64", originalNameBase64), ("relative_path_base64", relativePathBase64),
    ]
  }
}
