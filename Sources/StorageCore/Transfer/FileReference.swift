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

extension OpenProject {
  /// The row of a stored file. Throws `.notFound` when there is none.
  public func file(_ reference: FileReference) async throws(StorageError) -> FileRow {
    let found =
      switch reference {
      case .id(let id): try await rows.files(ids: [id])
      case .storagePath(let path): try await rows.files(storagePaths: [path])
      }
    guard let row = found.first else { throw .noFile(reference) }
    return row
  }
}

extension StorageError {
  static func noFile(_ reference: FileReference) -> StorageError {
    StorageError(.notFound, "no file \(reference) is stored", hint: "`supastore list` shows what is")
  }
}
