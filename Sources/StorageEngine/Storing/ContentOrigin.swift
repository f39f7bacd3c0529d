package import StorageFiles
package import StorageModel

/// Where the content of one file is opened, once or again.
package enum ContentOrigin: Sendable {
  /// Below a directory that is stored, at the file's name.
  case root(SourceRoot)
  /// At a path of its own.
  case path(LocalPath)
  /// In a blob of the local store.
  case blob(LocalPath)
  /// Content that came from no file and lies in one without a name.
  case spooled(SourceFile)

  /// - Parameter name: the file's name, which is its path below a root.
  func open(_ name: LocalPath) throws(FileError) -> SourceFile {
    switch self {
    case .root(let root): try root.open(name)
    case .path(let path), .blob(let path): try SourceFile(at: path)
    case .spooled(let file): file
    }
  }

  /// Whether another run may meet the same file, so that remembering its digests pays.
  var isLasting: Bool {
    switch self {
    case .root, .path: true
    case .spooled, .blob: false
    }
  }
}
