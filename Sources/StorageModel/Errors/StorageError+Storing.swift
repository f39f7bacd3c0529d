/// What can be wrong with storing one file.
extension StorageError {
  /// The row of this very file stands on another path: it was stored as another type.
  package static func storedElsewhere(_ row: FileRow) -> StorageError {
    StorageError(
      .conflict, "the same file is stored already as \(row.type.rawValue), on \(row.storagePath)",
      hint: "use it there, or store it with --type \(row.type.rawValue)")
  }

  /// A row of somebody else's lies where ours should.
  package static func pathTaken(_ path: String, by id: FileID) -> StorageError {
    StorageError(
      .conflict, "another row (\(id)) holds the storage path \(path)",
      hint: "it was not made by supastore: remove it, or store the file under another name")
  }

  /// On the path that a person chose lies something else.
  package static func otherContent(on path: String) -> StorageError {
    StorageError(
      .conflict, "the storage path \(path) holds another file, which is never replaced",
      hint: "choose another path, or leave --path out")
  }

  /// - Parameter byteCount: nil when it was not read to its end.
  package static func tooLarge(byteCount: Int64?, _ bucket: StoredBucket) -> StorageError {
    let size = byteCount.map { "\($0) bytes are" } ?? "it is"
    if bucket.byteLimit.map({ $0 > FileRow.byteCountLimit }) ?? true {
      return StorageError(
        .tooLarge, "\(size) more than the column size_bytes of the table files can hold (\(FileRow.byteCountLimit))",
        hint: "cut the file into parts, or leave it out with --exclude")
    }
    return StorageError(
      .tooLarge, "\(size) more than bucket \(bucket.name) takes (\(bucket.byteLimit ?? 0))",
      hint: "raise the bucket's file size limit in the dashboard, or leave the file out")
  }

  package static let sensitive = StorageError(
    .sensitive, "the name is one of files that hold secrets", hint: "store it all the same with --allow-sensitive")

  package static let deadline = StorageError(
    .deadline, "the time limit was reached before it was stored", hint: "run the same command again: it continues",
    retry: .soon)
}
