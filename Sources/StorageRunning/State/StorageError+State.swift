internal import StorageModel
internal import StorageSQLite

extension StorageError {
  /// What it means for a run that its state cannot be used.
  package init(_ error: StateError) {
    let code: Code =
      switch error {
      case .noHome, .symbolicLink, .foreign, .writableByOthers: .configuration
      case .file: .unwritable
      case .database(_, let error): Self.code(of: error)
      case .locked: .locked
      }
    self.init(code, error.description, hint: error.hint)
  }

  private static func code(of error: SQLiteError) -> Code {
    switch error {
    case .damaged, .foreign, .otherVersion, .missingParent, .constraint: .damaged
    case .busy, .moved: .locked
    case .full, .readOnly, .cannotOpen, .failed: .unwritable
    }
  }
}
