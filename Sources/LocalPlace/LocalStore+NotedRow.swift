internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageSQLite

extension LocalStore {
  /// The row that was noted last, beside its blob, for an object that has none; nil when none was.
  func notedRow(at place: ObjectAddress) throws(StorageError) -> FileRow? {
    let object = try reading { tables throws(SQLiteError) in try tables.object(place.key, in: place.bucket) }
    guard let object else { return nil }
    do {
      return try blobs.lastRow(of: object)
    } catch {
      throw StorageError(any: error, inStoreAt: path)
    }
  }
}

extension BlobDirectory {
  fileprivate func lastRow(of object: LocalObject) throws -> FileRow? {
    guard let folder = try root.existingSubdirectory(object.sha256.hex.utf8.prefix(2)),
      try folder.kind(of: "\(object.sha256.hex).json".utf8) != nil
    else { return nil }
    var found: FileRow?
    let entry = BlobEntry(digest: object.sha256, folder: folder, byteCount: object.byteCount, hasSidecar: true)
    _ = try entry.forEachLine { line in
      if line.file.storagePath == object.key, line.file.bucket == object.bucket { found = line.file }
    }
    found?.createdAt = nil
    return found
  }
}
