package import StorageModel

extension FileRepository {
  /// Adds the rows of those that are stored to `found`, in few requests; what was found before an error stays there.
  package func find(
    _ references: some Sequence<FileReference>, into found: inout [FileReference: FileRow]
  ) async throws(StorageError) {
    var (ids, paths): ([FileID], [String]) = ([], [])
    for reference in references {
      switch reference {
      case .id(let id): ids.append(id)
      case .storagePath(let path): paths.append(path)
      }
    }
    if !ids.isEmpty { for row in try await files(ids: ids) { found[.id(row.id)] = row } }
    if !paths.isEmpty { for row in try await files(storagePaths: paths) { found[.storagePath(row.storagePath)] = row } }
  }
}
