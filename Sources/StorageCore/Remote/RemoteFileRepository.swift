internal import SupabaseClient

/// The tables of a Supabase project.
struct RemoteFileRepository: FileRepository {
  let connection: ServiceConnection
  let tables: RowsClient

  // MARK: conversations

  func conversation(continuationID: String) async throws(StorageError) -> Conversation? {
    let isUUID = FileID(continuationID) != nil
    let byContinuation = Filter.eq("continuation_id", continuationID)
    let rows = try await connection.answer { () throws(ServiceError) in
      try tables.select(
        ConversationRow.columns, from: "conversations",
        where: [isUUID ? .any([byContinuation, .eq("id", continuationID)]) : byContinuation], limit: 2,
        as: ConversationRow.self)
    }.rows
    return (rows.first { $0.continuationID == continuationID } ?? rows.first)?.conversation
  }

  func createConversation(
    continuationID: String, title: String?
  ) async throws(StorageError) -> (conversation: Conversation, isNew: Bool) {
    if let found = try await conversation(continuationID: continuationID) { return (found, false) }
    let inserted = try await connection.answer { () throws(ServiceError) in
      var batch = RowBatch(columns: ["continuation_id", "title"])
      batch.append { row in
        row.key("continuation_id")
        row.value(continuationID)
        row.key("title")
        row.value(title ?? "Conversation \(continuationID.prefix(8))")
      }
      return try tables.insert(
        batch, into: "conversations", onConflict: ConflictRule(on: ["continuation_id"], .ignore),
        returning: ConversationRow.columns, as: ConversationRow.self)
    }
    if let row = inserted.first { return (row.conversation, true) }
    guard let found = try await conversation(continuationID: continuationID) else {
      throw StorageError(
        .conflict, "the conversation \(continuationID) comes and goes", hint: "run the same command again")
    }
    return (found, false)
  }

  // MARK: files

  func files(ids: [FileID]) async throws(StorageError) -> [FileRow] {
    try await files(where: "id", isOneOf: ids.map(\.description))
  }

  func files(storagePaths: [String]) async throws(StorageError) -> [FileRow] {
    try await files(where: "storage_path", isOneOf: storagePaths)
  }

  private func files(where column: Column, isOneOf values: [String]) async throws(StorageError) -> [FileRow] {
    var files: [FileRow] = []
    for part in Filter.parts(of: values) { files += try await rows(where: .isOneOf(column, Array(part))) }
    return files
  }

  /// All of them, however few the server hands out at once.
  private func rows(where filter: Filter) async throws(StorageError) -> [FileRow] {
    var rows: [FileRow] = []
    while true {
      let position = rows.last.map { Filter.gt("id", $0.id.description) }
      let page = try await connection.answer { () throws(ServiceError) in
        try tables.select(
          FileRow.columns, from: "files", where: [filter] + (position.map { [$0] } ?? []), order: [.ascending("id")],
          counting: true, as: FileRow.self)
      }
      rows += page.rows
      guard !page.rows.isEmpty, page.total.map({ $0 > page.rows.count }) ?? false else { return rows }
    }
  }

  func files(matching query: FileQuery, after row: FileRow?) async throws(StorageError) -> Page<FileRow> {
    let order: [RowOrder]
    let position: [String]?
    switch query.order {
    case .byID:
      order = [.ascending("id")]
      position = row.map { [$0.id.description] }
    case .newestFirst:
      order = [.descending("created_at"), .descending("id")]
      position = row.flatMap { row in row.createdAt.map { [$0, row.id.description] } }
    }
    var filters: [Filter] = []
    if let prefix = query.pathPrefix { filters.append(.text("storage_path", TextPattern(prefix, at: .start))) }
    if let type = query.type { filters.append(.eq("file_type", type.rawValue)) }
    if query.order == .newestFirst { filters.append(.not(.isNull("created_at"))) }
    if let position { filters.append(.after(position, in: order)) }
    let page = try await connection.answer { () throws(ServiceError) in
      try tables.select(
        FileRow.columns, from: "files", where: filters, order: order, counting: true, as: FileRow.self)
    }
    return Page(page.rows, isLast: page.total.map { $0 <= page.rows.count } ?? false)
  }

  func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID> {
    let inserted = try await connection.answer { () throws(ServiceError) in
      var batch = RowBatch(columns: FileRow.insertedColumns)
      for file in files { batch.append { file.write(to: &$0) } }
      return try tables.insert(
        batch, into: "files", onConflict: ConflictRule(on: ["storage_path"], .ignore), returning: ["id"],
        as: IDRow.self)
    }
    return Set(inserted.map(\.id))
  }

  // MARK: links

  func linkedFiles(of conversation: Conversation, after id: FileID?) async throws(StorageError) -> Page<FileID> {
    let page = try await connection.answer { () throws(ServiceError) in
      var filters: [Filter] = [.eq("conversation_id", conversation.id)]
      if let id { filters.append(.gt("file_id", id.description)) }
      return try tables.select(
        ["file_id"], from: "conversation_files", where: filters, order: [.ascending("file_id")], counting: true,
        as: LinkRow.self)
    }
    return Page(page.rows.map(\.id), isLast: page.total.map { $0 <= page.rows.count } ?? false)
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
    return Set(inserted.map(\.id))
  }
}
