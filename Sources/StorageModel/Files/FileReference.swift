/// How a person names one stored file.
public enum FileReference: Sendable, Hashable {
  /// By the id of its row.
  case id(FileID)
  /// By its object's key.
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

extension StorageError {
  package static func noFile(_ reference: FileReference) -> StorageError {
    StorageError(.notFound, "no file \(reference) is stored", hint: "`supastore list` shows what is")
  }
}
