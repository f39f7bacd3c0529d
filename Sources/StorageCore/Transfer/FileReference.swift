/// How a person names one stored file.
public enum FileReference: Sendable, Hashable {
  case id(FileID)
  case storagePath(String)

  /// A UUID is an id, everything else a storage path.
  public init(_ text: String) {
    self = FileID(text).map(Self.id) ?? .storagePath(text)
  }
}

extension FileReference: CustomStringConvertible {
  public var description: String {
    switch self {
    case .id(let id): id.description
    case .storagePath(let path): path
    }
  }
}

extension FileRepository {
  /// Adds the rows of those that are stored to `found`, in few requests; what was found before an error stays there.
  func find(
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

extension OpenProject {
  /// The row of a stored file. Throws `.notFound` when there is none.
  public func file(_ reference: FileReference) async throws(StorageError) -> FileRow {
    var found: [FileReference: FileRow] = [:]
    try await rows.find([reference], into: &found)
    guard let row = found[reference] else { throw .noFile(reference) }
    return row
  }
}

extension StorageError {
  static func noFile(_ reference: FileReference) -> StorageError {
    StorageError(.notFound, "no file \(reference) is stored", hint: "`supastore list` shows what is")
  }
}
