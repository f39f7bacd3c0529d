package import StorageDigests
public import StorageFormats

/// A message of a conversation.
public struct Message: Sendable, Equatable {
  /// Who said it.
  public enum Role: String, Sendable, CaseIterable {
    /// As chat programs name the three.
    case user, assistant, system
  }

  /// The row's uuid.
  public var id: String
  /// Who said it.
  public var role: Role
  /// Its text.
  public var content: String
  /// Members of the column, as somebody set them.
  public var metadata: [String: JSONValue]
  /// As the database wrote it: ISO 8601 with an offset. Nil for a message that is still to be saved.
  public var createdAt: String?

  package init(
    id: String, role: Role, content: String, metadata: [String: JSONValue] = [:], createdAt: String? = nil
  ) {
    self.id = id
    self.role = role
    self.content = content
    self.metadata = metadata
    self.createdAt = createdAt
  }
}

extension Message {
  /// A message to be saved. The same conversation, role, content and key give the same id on every machine, so saving it
  /// again stores nothing; the metadata does not count. The recipe is the format: docs/decisions/0009.
  /// - Parameter key: tells messages of the same words apart: whatever the caller's message is known by, or its time.
  package init(
    to continuationID: String, role: Role, content: String, metadata: [String: JSONValue], key: String
  ) throws(DigestError) {
    var recipe = IdentityRecipe("supastore message 1")
    for field in [continuationID, role.rawValue, content, key] { recipe.append(Array(field.utf8)) }
    self.init(id: try recipe.uuid().description, role: role, content: content, metadata: metadata)
  }
}
