package import StorageFormats

/// A row of `conversations`.
package struct ConversationRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case id, title, metadata
    case continuationID = "continuation_id"
    case createdAt = "created_at"
    case updatedAt = "updated_at"
  }

  package let conversation: Conversation

  package init(from decoder: any Decoder) throws {
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
package struct MessageRow: Decodable, Sendable {
  private enum CodingKeys: String, CodingKey {
    case id, role, content, metadata
    case conversationID = "conversation_id"
    case createdAt = "created_at"
  }

  package let message: Message
  package let conversationID: String

  package init(from decoder: any Decoder) throws {
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
  package var members: [String: JSONValue] {
    guard case .object(let members) = self else { return [:] }
    return members
  }
}
