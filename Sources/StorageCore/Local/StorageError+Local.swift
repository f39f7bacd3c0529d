internal import SQLite

extension StorageError {
  /// What an error of its database means for the local store at `path`.
  init(_ error: SQLiteError, inStoreAt path: LocalPath) {
    let message = "the local store \(path): \(error)"
    switch error {
    case .busy:
      self.init(.locked, message, hint: "run the same command again", retry: .once)
    case .damaged, .foreign:
      self.init(
        .damaged, message,
        hint:
          "nothing of it was changed; keep a copy of the directory, and put back \(LocalDatabase.fileName) from a backup"
      )
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
      hint: "nothing of it was changed; put the database back from a backup")
  }
}
