internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

extension Migration {
  /// So many rows at most are asked for by their ids, in two requests; of more files the objects are listed first.
  private static let rowQuestionLimit = 240

  /// Asks what the service holds of the files' conversation: rows and objects, in pages of a thousand.
  func fillInventory(of reader: SourceReader) async throws(StorageError) {
    let continuationID = await reader.destination.continuationID
    let prefix = ObjectPath.prefix(type: options.type, continuationID: continuationID)
    let query = FileQuery(pathPrefix: prefix)
    var after: PageCursor?
    while true {
      try checkStop()
      let page = try await project.rows.files(matching: query, after: after)
      try await reader.note(page.elements)
      guard !page.isLast, let last = page.elements.last else { break }
      after = PageCursor(after: last, in: query.order)
    }
    var key: String?
    while true {
      try checkStop()
      let page = try await project.objects.objects(in: options.type.bucket.name, prefix: prefix, after: key)
      try await reader.note(page.objects)
      guard !page.isLast, let last = page.objects.last else { break }
      key = last.key
    }
  }

  private func checkStop() throws(StorageError) {
    if stop.isRaised { throw StorageError(.interrupted, "interrupted while asking what is stored") }
  }

  /// The window with its files hashed, after the reader's inventory was told what the service holds of them: however
  /// large their conversation is, nothing else is asked about.
  func asked(about window: MigrationWindow, _ reader: SourceReader) async -> MigrationWindow {
    var window = window
    window.files = await reader.assess(window.files)
    do throws(StorageError) {
      try await ask(about: &window, reader)
    } catch {
      window.fail(window.indices(), error)
    }
    return window
  }

  private func ask(about window: inout MigrationWindow, _ reader: SourceReader) async throws(StorageError) {
    let bucket = options.type.bucket.name
    var objects: [String: StoredObject] = [:]
    var files = window.indices { $0.row != nil }
    if files.count > Self.rowQuestionLimit {
      // Of what is not in the list nothing is there, or its row has lost its object: it is sent.
      let keys = files.compactMap { window.files[$0].row?.storagePath }
      let unseen = try await project.objects.list(keys, in: bucket, into: &objects)
      files = files.filter { index in
        window.files[index].row.map { objects[$0.storagePath] != nil || unseen.contains($0.storagePath) } ?? false
      }
    }
    let isAlone = files.count == 1
    var rows = try await project.rows.files(ids: files.compactMap { window.files[$0].row?.id })
    window.fail(window.indices(), storedElsewhereBy: rows)
    if let path = await reader.destination.storagePath {
      rows += try await project.rows.files(storagePaths: [path.string])
    }
    try await reader.note(rows)
    let recorded = Set(rows.map(\.storagePath))
    let keys = files.compactMap { window.files[$0].row?.storagePath }
      .filter { objects[$0] == nil && (isAlone || recorded.contains($0)) }
    try await project.objects.describe(keys, in: bucket, into: &objects)
    try await reader.note(Array(objects.values))
  }
}
