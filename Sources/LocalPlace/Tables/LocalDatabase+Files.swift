internal import StorageFormats
package import StorageModel
internal import StoragePlaces
package import StorageSQLite

extension LocalDatabase {
  static let fileColumns = FileRow.Column.allCases.map(\.rawValue).joined(separator: ", ")

  package func files(ids: [FileID]) throws(SQLiteError) -> [FileRow] {
    try files(where: "id", areIn: ids.map(\.description))
  }

  func files(storagePaths: [String]) throws(SQLiteError) -> [FileRow] {
    try files(where: "storage_path", areIn: storagePaths)
  }

  private func files(where column: String, areIn values: [String]) throws(SQLiteError) -> [FileRow] {
    var statement = try database.prepare("SELECT \(Self.fileColumns) FROM files WHERE \(column) = ?")
    var found: [FileRow] = []
    for value in Set(values) {
      try statement.bind([.text(value)])
      if try statement.step() { found.append(try FileRow(statement)) }
    }
    return found
  }

  func files(
    matching query: FileQuery, after values: [String?]?, limit: Int
  ) throws(SQLiteError) -> Page<FileRow> {
    try page(
      Self.fileColumns, from: "files", where: query.conditions, order: query.order.localTerms, after: values,
      limit: limit
    ) { row throws(SQLiteError) in try FileRow(row) }
  }

  /// Inserts rows as made at `time`, those whose path is free. Throws `.constraint` when an id is taken.
  func insert(_ files: [FileRow], at time: Timestamp) throws(SQLiteError) -> Set<FileID> {
    var insertion = try database.prepare(
      """
      INSERT INTO files (\(Self.fileColumns)) SELECT ?, ?, ?, ?, ?, ?, ?, ?
      WHERE NOT EXISTS (SELECT 1 FROM files WHERE storage_path = ?)
      """)
    var inserted: Set<FileID> = []
    for file in files {
      try insertion.run(file.columnValues(madeAt: time.columnText) + [.text(file.storagePath)])
      if database.changedRowCount > 0 { inserted.insert(file.id) }
    }
    return inserted
  }

  func setMetadata(of id: FileID, to metadata: FileMetadata) throws(SQLiteError) {
    var update = try database.prepare("UPDATE files SET metadata = ? WHERE id = ?")
    try update.run([.text(metadata.json.text), .text(id.description)])
  }

  // MARK: Links

  func linkedFiles(of conversation: String, after id: FileID?) throws(SQLiteError) -> Page<FileID> {
    var conditions = LocalConditions()
    conditions.add("conversation_id = ?", .text(conversation))
    return try page(
      "file_id", from: "conversation_files", where: conditions, order: [LocalOrder(column: "file_id")],
      after: id.map { [$0.description] }, limit: 1000
    ) { row throws(SQLiteError) in try FileID(column: row.text(0)) }
  }

  /// How many conversations each of the files is linked to; those with no link are left out.
  func linkCounts(of files: [FileID]) throws(SQLiteError) -> [FileID: Int] {
    var statement = try database.prepare("SELECT count(*) FROM conversation_files WHERE file_id = ?")
    var counts: [FileID: Int] = [:]
    for file in files {
      try statement.bind([.text(file.description)])
      if try statement.step(), statement.integer(0) > 0 { counts[file] = Int(statement.integer(0)) }
      statement.reset()
    }
    return counts
  }

  /// Throws `.missingParent` when the conversation or one of the files is not there.
  func link(_ files: [FileID], to conversation: String, at time: Timestamp) throws(SQLiteError) -> Set<FileID> {
    try changed(
      files,
      by: "INSERT INTO conversation_files (added_at, conversation_id, file_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
      [.text(time.columnText), .text(conversation)])
  }

  func unlink(_ files: [FileID], from conversation: String) throws(SQLiteError) -> Set<FileID> {
    try changed(
      files, by: "DELETE FROM conversation_files WHERE conversation_id = ? AND file_id = ?", [.text(conversation)])
  }

  /// The files for which a statement, whose last value is the file's id, changed a row.
  private func changed(
    _ files: [FileID], by sql: String, _ values: [SQLiteValue]
  ) throws(SQLiteError) -> Set<FileID> {
    var statement = try database.prepare(sql)
    var changed: Set<FileID> = []
    for file in files {
      try statement.run(values + [.text(file.description)])
      if database.changedRowCount > 0 { changed.insert(file) }
    }
    return changed
  }
}

extension FileRow {
  /// All columns in their order.
  func columnValues(madeAt time: String) -> [SQLiteValue] {
    Column.allCases.map { column in
      switch column {
      case .id, .storagePath, .originalName, .mediaType, .type: SQLiteValue(value(of: column).string)
      case .byteCount: byteCount.map { .integer($0) } ?? .null
      case .metadata: .text(metadata.json.text)
      case .createdAt: .text(time)
      }
    }
  }

  /// From a row with all columns in their order.
  init(_ row: borrowing Statement) throws(SQLiteError) {
    guard let type = FileType(rawValue: try row.text(5)) else { throw .damaged("an unknown file type") }
    self.init(
      id: try FileID(column: row.text(0)), storagePath: try row.text(1), originalName: try row.text(2),
      mediaType: row.value(3).text, byteCount: row.value(4).integer, type: type,
      metadata: FileMetadata(try JSONValue(column: row.text(6))), createdAt: try row.text(7))
  }
}

extension FileQuery {
  var conditions: LocalConditions {
    var conditions = LocalConditions()
    if let conversation {
      conditions.add(
        "id IN (SELECT file_id FROM conversation_files WHERE conversation_id = ?)", .text(conversation.id))
    }
    if isUnlinked { conditions.add("id NOT IN (SELECT file_id FROM conversation_files)") }
    if let type { conditions.add("file_type = ?", .text(type.rawValue)) }
    if let pathPrefix { conditions.add("storage_path", beginsWith: pathPrefix) }
    if let name { conditions.add("original_name = ?", .text(name)) }
    if let search { conditions.add(anyOf: ["original_name"], contains: search) }
    switch mediaTypes {
    case .exactly(let type): conditions.add("mime_type = ?", .text(type))
    case .all(let kind): conditions.add("mime_type", beginsWith: "\(kind)/")
    case nil: break
    }
    if let createdSince { conditions.add("created_at >= ?", .text(createdSince.columnText)) }
    if let createdUntil { conditions.add("created_at < ?", .text(createdUntil.columnText)) }
    if let minimumByteCount { conditions.add("size_bytes >= ?", .integer(minimumByteCount)) }
    if let maximumByteCount { conditions.add("size_bytes <= ?", .integer(maximumByteCount)) }
    return conditions
  }
}

extension FileQuery.Order {
  /// The columns whose values a cursor holds. Names and paths sort by their bytes.
  fileprivate var localTerms: [LocalOrder] {
    let id = LocalOrder(column: "id")
    switch self {
    case .newest: return LocalOrder.newest
    case .oldest: return [LocalOrder(column: "created_at", content: .time), id]
    case .name: return [LocalOrder(column: "original_name"), id]
    case .largest:
      return [LocalOrder(column: "size_bytes", isDescending: true, holdsNull: true, content: .number), id]
    case .smallest: return [LocalOrder(column: "size_bytes", holdsNull: true, content: .number), id]
    case .path: return [LocalOrder(column: "storage_path")]
    case .byID: return [id]
    }
  }
}
