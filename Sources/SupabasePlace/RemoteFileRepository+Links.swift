internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient

extension RemoteFileRepository {
  func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID> {
    let page: Page<LinkRow> = try await page(
      ["file_id", "conversation_id"], from: "conversation_files", where: [.eq("conversation_id", conversation.id)],
      order: [.ascending("file_id")], after: id.map { [$0.description] }, position: { [$0.id.description] })
    _ = try page.elements.expected("links") { $0.conversationID == conversation.id }
    return Page(page.elements.map(\.id), followingCount: page.followingCount)
  }

  func linkCounts(of files: [FileID]) async throws(StorageError) -> [FileID: Int] {
    let order: [RowOrder] = [.ascending("file_id"), .ascending("conversation_id")]
    var counts: [FileID: Int] = [:]
    for part in Filter.parts(of: files.map(\.description)) {
      let wanted = Set(part)
      var last: LinkRow?
      while true {
        let page: Page<LinkRow> = try await page(
          ["file_id", "conversation_id"], from: "conversation_files", where: [.isOneOf("file_id", Array(part))],
          order: order, after: last.map { [$0.id.description, $0.conversationID] },
          position: { [$0.id.description, $0.conversationID] })
        _ = try page.elements.expected("links") { wanted.contains($0.id.description) }
        for link in page.elements { counts[link.id, default: 0] += 1 }
        last = page.elements.last
        if page.isLast || last == nil { break }
      }
    }
    return counts
  }

  func link(_ files: [FileID], to conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    let inserted = try await connection.answer { () throws(ServiceError) in
      var batch = RowBatch(columns: ["conversation_id", "file_id"])
      for file in files {
        batch.append { row in
          row.key("conversation_id")
          row.value(conversation.id)
          row.key("file_id")
          row.value(file.description)
        }
      }
      return try tables.insert(
        batch, into: "conversation_files", onConflict: ConflictRule(on: ["conversation_id", "file_id"], .ignore),
        returning: ["file_id"], as: LinkRow.self)
    }
    let wanted = Set(files)
    return Set(try inserted.expected("links", to: .writes) { wanted.contains($0.id) }.map(\.id))
  }

  func unlink(_ files: [FileID], from conversation: Conversation) async throws(StorageError) -> Set<FileID> {
    var unlinked: Set<FileID> = []
    let wanted = Set(files)
    for part in Filter.parts(of: files.map(\.description)) {
      unlinked.formUnion(
        try await connection.answer { () throws(ServiceError) in
          try tables.delete(
            from: "conversation_files",
            where: ChangeFilters(.eq("conversation_id", conversation.id), .isOneOf("file_id", Array(part))),
            atMost: part.count, returning: ["file_id"], as: LinkRow.self)
        }.expected("links", to: .writes) { wanted.contains($0.id) }.map(\.id))
    }
    return unlinked
  }
}
