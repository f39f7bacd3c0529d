public import SupabaseClient

/// A row of `conversations`.
struct ConversationRow: Decodable, Sendable {
  static let columns: [Column] = ["id", "continuation_id", "title", "metadata", "created_at", "updated_at"]

  private enum CodingKeys: String, CodingKey {
    case id, title, metadata
    case continuationID = "continuation_id"
    case createdAt = "created_at"
    case updatedAt = "updated_at"
  }

  let conversation: Conversation

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    conversation = Conversation(
      id: try row.decode(String.self, forKey: .id),
      continuationID: try row.decode(String.self, forKey: .continuationID),
      title: try row.decodeIfPresent(String.self, forKey: .title),
      metadata: (try row.decodeIfPresent(JSONValue.self, forKey: .metadata) ?? .null).members,
      createdAt: try row.decodeTime(forKey: .createdAt),
      updatedAt: try row.decodeTime(forKey: .updatedAt))
  }
}

/// A row of `messages`.
struct MessageRow: Decodable, Sendable {
  static let columns: [Column] = ["id", "conversation_id", "role", "content", "metadata", "created_at"]

  private enum CodingKeys: String, CodingKey {
    case id, role, content, metadata
    case conversationID = "conversation_id"
    case createdAt = "created_at"
  }

  let message: Message
  let conversationID: String

  init(from decoder: any Decoder) throws {
    let row = try decoder.container(keyedBy: CodingKeys.self)
    let roleName = try row.decode(String.self, forKey: .role)
    guard let role = Message.Role(rawValue: roleName) else {
      throw DecodingError.dataCorruptedError(forKey: .role, in: row, debugDescription: "an unknown role")
    }
    conversationID = try row.decode(String.self, forKey: .conversationID)
    message = Message(
      id: try row.decode(String.self, forKey: .id), role: role, content: try row.decode(String.self, forKey: .content),
      metadata: (try row.decodeIfPresent(JSONValue.self, forKey: .metadata) ?? .null).members,
      createdAt: try row.decodeTime(forKey: .createdAt))
  }
}

extension JSONValue {
  /// Of an object; a column that holds something else holds nothing of ours.
  var members: [String: JSONValue] {
    guard case .object(let members) = self else { return [:] }
    return members
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
    case conversationID = "conversation_id"
  }

  let id: FileID
  /// Nil where it was not asked for.
  let conversationID: String?
}

/// A row of an answer, with the links in `conversation_files` that it was chosen for.
struct LinkedRow<Row: Decodable & Sendable>: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case links = "conversation_files"
    case createdAt = "created_at"
  }

  let row: Row
  /// Column by column; empty where the rows were not chosen for links.
  private let links: [[String: String]]

  init(from decoder: any Decoder) throws {
    row = try Row(from: decoder)
    let container = try decoder.container(keyedBy: CodingKeys.self)
    // Of an answer, that is: what this machine noted itself may be of a clock that was wrong.
    _ = try container.decodeTime(forKey: .createdAt)
    links = (try? container.decodeIfPresent([[String: String]].self, forKey: .links)) ?? []
  }

  /// Whether it has the link that was asked for.
  func isLinked(by link: Junction.Link) -> Bool {
    !links.isEmpty && links.allSatisfy { $0[link.column.name] == link.value }
  }
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
      byteCount: try row.decodeByteCount(forKey: .byteCount),
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
    metadata.json.write(to: &row)
  }
}

extension FileMetadata {
  /// Takes what it knows from the column's JSON; a key of ours that does not hold text is nobody's and is kept as it is.
  init(_ json: JSONValue) {
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
