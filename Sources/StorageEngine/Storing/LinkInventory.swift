internal import StorageModel
internal import StoragePlaces

/// Which files are linked already; asked for only when a file turns up of which everything else is there.
struct LinkInventory {
  private let rows: any FileRepository
  /// Whose links are known.
  private var conversationID: String?

  init(_ rows: any FileRepository) {
    self.rows = rows
  }

  mutating func mark(
    _ window: MigrationWindow, _ reader: SourceReader, _ conversation: Conversation?
  ) async -> MigrationWindow {
    var window = window
    let complete = window.indices { $0.hadObject && $0.record.wasBefore }
    guard let conversation, !complete.isEmpty else { return window }
    do throws(StorageError) {
      if conversationID != conversation.id { try await fill(reader, conversation) }
      for index in complete {
        guard let id = window.files[index].row?.id else { continue }
        window.files[index].link = try await reader.isLinked(id) ? .there(wasBefore: true) : .missing
      }
      window.conversationID = conversation.id
    } catch {
      window.fail(complete, error)
    }
    return window
  }

  private mutating func fill(_ reader: SourceReader, _ conversation: Conversation) async throws(StorageError) {
    try await reader.forgetLinks()
    var after: FileID?
    while true {
      let page = try await rows.linkedFiles(of: conversation, after: after)
      try await reader.note(linked: page.elements)
      guard !page.isLast, let last = page.elements.last else { break }
      after = last
    }
    conversationID = conversation.id
  }
}
