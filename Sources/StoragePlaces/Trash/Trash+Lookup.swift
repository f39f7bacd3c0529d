package import StorageModel

extension Trash {
  /// All entries that match, the oldest first.
  package func entries(matching query: TrashQuery) async throws(StorageError) -> [TrashEntry] {
    var entries: [TrashEntry] = []
    var trail = PageTrail<ObjectAddress>()
    while true {
      let page = try await self.entries(matching: query, after: entries.last, limit: 1000)
      entries += page.elements
      guard !page.isLast, let last = page.elements.last else { return entries }
      try trail.step(to: last.object)
    }
  }

  /// The entries of these files, those that are in the trash.
  package func entries(
    of files: [FileReference], states: Set<TrashEntry.State> = [.trashed, .purging]
  ) async throws(StorageError) -> [FileReference: TrashEntry] {
    var ids: [String] = []
    var keys: [String] = []
    for file in files {
      switch file {
      case .id(let id): ids.append(id.description)
      case .storagePath(let path): keys.append(path)
      }
    }
    var found: [FileReference: TrashEntry] = [:]
    for part in questions(about: ids) {
      for entry in try await entries(matching: TrashQuery(files: part.compactMap { FileID($0) }, states: states)) {
        if let id = entry.fileID { found[.id(id)] = entry }
      }
    }
    for part in questions(about: keys) {
      for entry in try await entries(matching: TrashQuery(keys: Array(part), states: states)) {
        found[.storagePath(entry.object.key)] = entry
      }
    }
    return found
  }
}
