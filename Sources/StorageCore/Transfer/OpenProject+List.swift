extension OpenProject {
  /// Calls `body` with stored files, newest first, or in order of their ids when they are those of a conversation.
  ///
  /// Rows come in pages by position, so files that are stored meanwhile neither repeat nor hide any.
  /// Throws what `body` throws, and `.notFound` when there is no such conversation.
  public func list(
    type: FileType? = nil, continuationID: String? = nil, limit: Int?, _ body: (FileRow) throws -> Void
  ) async throws {
    var rest = limit ?? .max
    func take(_ rows: [FileRow]) throws {
      for row in rows.prefix(rest) { try body(row) }
      rest -= min(rest, rows.count)
    }
    guard let continuationID else {
      var last: FileRow?
      while rest > 0 {
        let page = try await rows.files(matching: FileQuery(type: type, order: .newestFirst), after: last)
        try take(page.elements)
        last = page.elements.last
        if page.isLast || last == nil { return }
      }
      return
    }
    guard let conversation = try await rows.conversation(continuationID: continuationID) else {
      throw StorageError.noConversation(continuationID)
    }
    var last: FileID?
    while rest > 0 {
      let page = try await rows.linkedFiles(of: conversation, after: last)
      let files = try await rows.files(ids: page.elements).filter { type == nil || $0.type == type }
      try take(files.sorted { $0.id.description < $1.id.description })
      last = page.elements.last
      if page.isLast || last == nil { return }
    }
  }
}

extension StorageError {
  static func noConversation(_ continuationID: String) -> StorageError {
    StorageError(
      .notFound, "there is no conversation \(continuationID)", hint: "`supastore list` without it shows all files")
  }
}
