internal import StorageFiles
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

extension StorageError {
  /// What any error of opening, checking or recovering the local store at `path` means.
  init(any error: any Error, inStoreAt path: LocalPath) {
    switch error {
    case let error as StorageError: self = error
    case let error as SQLiteError: self.init(error, inStoreAt: path)
    case let error as StateError: self.init(error)
    case let error as FileError: self.init(error)
    default: self.init(.unreadable, "the local store \(path) cannot be read")
    }
  }

  /// What an error of its database means for the local store at `path`.
  init(_ error: SQLiteError, inStoreAt path: LocalPath) {
    let message = "the local store \(path): \(error)"
    switch error {
    case .busy, .moved:
      self.init(.locked, message, hint: "run the same command again", retry: .once)
    case .damaged:
      self.init(
        .damaged, message,
        hint: "nothing of it was changed; `supastore local check` says more, `supastore local recover` makes it again")
    case .foreign:
      self.init(
        .damaged, message,
        hint: "nothing of it was changed; move that file away, then `supastore local recover` makes the database again")
    case .otherVersion:
      self.init(.damaged, message, hint: "use the version of supastore that made it; nothing of it was changed")
    case .missingParent: self.init(.notFound, message)
    case .constraint: self.init(.conflict, message)
    case .full: self.init(.unwritable, message, hint: "make room there, then run the same command again")
    case .readOnly, .cannotOpen, .failed:
      self.init(.unwritable, message, hint: "see to the permissions and the disk there")
    }
  }

  /// The database is gone and the blobs are there.
  static func databaseMissing(inStoreAt path: LocalPath) -> StorageError {
    StorageError(
      .damaged, "the local store \(path): its database \(LocalDatabase.fileName) is missing, and there are files",
      hint: "put it back from a backup, or make it again with `supastore local recover`")
  }
}
