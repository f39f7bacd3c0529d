public import StorageModel
internal import StoragePlaces

/// What a name that is being typed may become. Asked once: somebody waits, and nothing depends on the answer.
extension OpenProject {
  /// The ids and storage paths that begin with `prefix`, which may be empty: ids first, then paths, newest first;
  /// at most `limit` of them, which is from 1 to 1000.
  public func fileNames(beginningWith prefix: String, limit: Int) async throws(StorageError) -> [String] {
    var names: [String] = []
    // Cursors point behind a row, and no row of ours or of the database's own making has such an id.
    let template = "00000000-0000-0000-0000-000000000000"
    if !prefix.isEmpty, let lowest = FileID(prefix + template.dropFirst(prefix.count)) {
      let cursor = PageCursor(in: FileQuery.Order.byID.list, [lowest.description])
      let page = try await repository.files(matching: FileQuery(order: .byID), after: cursor, limit: limit)
      names = page.elements.map(\.id.description).filter { $0.hasPrefix(prefix.lowercased()) }
    }
    if names.count == limit { return names }
    let page = try await repository.files(
      matching: FileQuery(pathPrefix: prefix, order: .newest), after: nil, limit: limit - names.count)
    return names + page.elements.map(\.storagePath)
  }

  /// The continuation ids that begin with `prefix`, which may be empty, of the newest conversations first;
  /// at most `limit` of them, which is from 1 to 1000.
  public func continuationIDs(beginningWith prefix: String, limit: Int) async throws(StorageError) -> [String] {
    let query = ConversationQuery(continuationIDPrefix: prefix)
    return try await repository.conversations(matching: query, after: nil, limit: limit).elements.map(\.continuationID)
  }
}
