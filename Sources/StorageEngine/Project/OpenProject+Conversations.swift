public import StorageFormats
public import StorageModel
public import StoragePlaces

/// The newest messages of a conversation.
public struct History: Sendable {
  /// In time order: the oldest of them first.
  public var messages: [Message]
  /// Where those before them are; nil when there are none.
  public var earlier: PageCursor?
}

extension OpenProject {
  /// Makes a conversation, or finds it. Saving it again returns the same row and changes nothing in it: title and
  /// metadata are those of whoever made it.
  /// The continuation id is any text that is not empty; the uuid of a conversation's row means that conversation. Without
  /// a title one is made from the continuation id.
  /// - Returns: the conversation, whether this call made it, and what Supabase was down with when it was made in the local
  ///   store, from where `sync` sends it; its uuid is then one of the local store.
  @discardableResult
  public func saveConversation(
    _ continuationID: String, title: String? = nil, metadata: [String: JSONValue] = [:]
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool, outage: StorageError?) {
    guard !continuationID.isEmpty else { throw StorageError(.configuration, "a continuation id is empty") }
    let (saved, outage) = try await fallingBack { project throws(StorageError) in
      try await project.rows.createConversation(continuationID: continuationID, title: title, metadata: metadata)
    }
    return (saved.conversation, saved.isNew, outage)
  }

  /// The conversation with this continuation id, or else with this uuid of its row; nil when there is none.
  public func findConversation(_ id: String) async throws(StorageError) -> Conversation? {
    try await rows.conversation(continuationID: id)
  }

  /// The same, where there has to be one. Throws `.notFound`.
  public func conversation(_ id: String) async throws(StorageError) -> Conversation {
    guard let found = try await findConversation(id) else { throw .noConversation(id) }
    return found
  }

  /// Saves a message. Saving the same one again, from anywhere, stores nothing and returns the same id.
  /// The key tells messages of the same role and content apart. It is whatever the caller knows the message by, and would
  /// give again when it repeats the call: an id of its own, or the time at which the message was said.
  /// - Returns: the id of the message's row, whether this call stored it, and what Supabase was down with when it was
  ///   stored in the local store, from where `sync` sends it. Throws `.notFound` when the conversation is gone.
  @discardableResult
  public func saveMessage(
    in conversation: Conversation, role: Message.Role, content: String, metadata: [String: JSONValue] = [:], key: String
  ) async throws(StorageError) -> (id: String, isNew: Bool, outage: StorageError?) {
    let message: Message
    do {
      message = try Message(
        to: conversation.continuationID, role: role, content: content, metadata: metadata, key: key)
    } catch {
      throw StorageError(.damaged, "libcrypto failed: \(error)")
    }
    let (isNew, outage) = try await fallingBack { project throws(StorageError) in
      // Each place has a row of its own for a conversation, and it may have been found in the other one.
      let known = project.fallback == nil && fallback != nil ? nil : await project.counterpart(of: conversation)
      let target = if let known { known } else { try await project.copy(of: conversation) }
      return try await project.rows.insert(message, into: target)
    }
    return (message.id, isNew, outage)
  }

  /// The conversation itself, unless it was found in the local store that stands in for this project: then nil.
  private func counterpart(of conversation: Conversation) async -> Conversation? {
    guard let local = try? await fallback?.existing() else { return conversation }
    let waiting = try? await local.rows.conversation(continuationID: conversation.continuationID)
    return waiting?.id == conversation.id ? nil : conversation
  }

  private func copy(of conversation: Conversation) async throws(StorageError) -> Conversation {
    try await rows.createConversation(
      continuationID: conversation.continuationID, title: conversation.title, metadata: conversation.metadata
    ).conversation
  }

  /// The newest messages of a conversation, in time order, at most `limit`, which is at least 1. With the cursor
  /// `earlier` of a history, the messages before that one.
  public func history(
    of conversation: Conversation, limit: Int = 100, before cursor: PageCursor? = nil
  ) async throws(StorageError) -> History {
    var newestFirst: [Message] = []
    var cursor = cursor
    while true {
      let page = try await rows.messages(of: conversation, before: cursor, limit: min(limit - newestFirst.count, 1000))
      newestFirst += page.elements
      cursor = page.isLast ? nil : page.elements.last.map { PageCursor(before: $0) }
      if cursor == nil || newestFirst.count >= limit { break }
    }
    return History(messages: newestFirst.reversed(), earlier: cursor)
  }
}

extension StorageError {
  static func noConversation(_ id: String) -> StorageError {
    StorageError(.notFound, "there is no conversation \(id)", hint: "`supastore conversation list` shows what is")
  }
}
