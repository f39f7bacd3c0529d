extension StorageError {
  /// What it means for a run that its state cannot be used.
  init(_ error: StateError) {
    let code: Code =
      switch error {
      case .noHome, .symbolicLink, .foreign, .writableByOthers: .configuration
      case .file: .unwritable
      case .database: .damaged
      case .locked: .locked
      }
    self.init(code, error.description, hint: error.hint)
  }
}
