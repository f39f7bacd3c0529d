internal import StorageModel
internal import StoragePlaces
internal import SupabaseClient

/// The tables of a Supabase project.
struct RemoteFileRepository: FileRepository {
  let connection: ServiceConnection
  let tables: RowsClient

  func files(ids: [FileID]) async throws(StorageError) -> [FileRow] {
    try await files(where: "id", isOneOf: ids.map(\.description))
  }

  func files(storagePaths: [String]) async throws(StorageError) -> [FileRow] {
    try await files(where: "storage_path", isOneOf: storagePaths)
  }

  private func files(where column: Column, isOneOf values: [String]) async throws(StorageError) -> [FileRow] {
    var files: [FileRow] = []
    for part in Filter.parts(of: values) {
      let wanted = Set(part)
      files += try await rows(where: .isOneOf(column, Array(part))).expected("rows of files") { row in
        wanted.contains(column == "id" ? row.id.description : row.storagePath)
      }
    }
    return files
  }

  /// All of them, however few the server hands out at once.
  private func rows(where filter: Filter) async throws(StorageError) -> [FileRow] {
    var rows: [FileRow] = []
    while true {
      let page: Page<FileRow> = try await page(
        FileRow.columns, from: "files", where: [filter], order: [.ascending("id")],
        after: rows.last.map { [$0.id.description] }, position: { [$0.id.description] })
      rows += page.elements
      if page.elements.isEmpty || page.isLast { return rows }
    }
  }

  func files(
    matching query: FileQuery, after cursor: PageCursor?, limit: Int
  ) async throws(StorageError) -> Page<FileRow> {
    let page: Page<FileRow> = try await page(
      FileRow.columns, from: "files", where: query.filters, linkedBy: query.junction, order: query.order.terms,
      after: cursor?.values(in: query.order.list), limit: limit,
      position: { query.order.position(of: $0) })
    _ = try page.elements.expected("rows of files") { query.mayHold($0) }
    return page
  }

  func count(_ query: FileQuery) async throws(StorageError) -> Int {
    try await connection.answer { () throws(ServiceError) in
      try tables.count("files", where: query.filters, linkedBy: query.junction)
    }
  }

  func insert(_ files: [FileRow]) async throws(StorageError) -> Set<FileID> {
    let inserted = try await connection.answer { () throws(ServiceError) in
      var batch = RowBatch(columns: FileRow.insertedColumns)
      for file in files { batch.append { file.write(to: &$0) } }
      return try tables.insert(
        batch, into: "files", onConflict: ConflictRule(on: ["storage_path"], .ignore), returning: ["id"],
        as: IDRow.self)
    }
    let ids = Set(files.map(\.id))
    return Set(try inserted.expected("rows of files", to: .writes) { ids.contains($0.id) }.map(\.id))
  }

  /// The rows that follow the one with these values in `order`. Throws `.unexpectedAnswer` for any others.
  /// - Parameter position: what a row holds in the columns of the order.
  func page<Row: Decodable & Sendable>(
    _ columns: [Column], from table: String, where filters: [Filter], linkedBy junction: Junction? = nil,
    order: [RowOrder], after values: RowPosition?, limit: Int = RowsClient.pageLimit,
    position: (Row) -> RowPosition
  ) async throws(StorageError) -> Page<Row> {
    let last = values.map { Filter.after($0, in: order) }
    let page = try await connection.answer { () throws(ServiceError) in
      try tables.select(
        columns, from: table, where: filters + [last].compactMap(\.self), linkedBy: junction, order: order,
        limit: limit, counting: true, as: LinkedRow<Row>.self)
    }
    if let link = junction?.link { _ = try page.rows.expected("rows of \(table)") { $0.isLinked(by: link) } }
    return try page.page(
      "rows of \(table)", limit: limit, order: order, after: values, { position($0.row) }, { $0.row })
  }
}
