internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

extension LocalStore {
  /// Objects that are taken away in one transaction; others wait meanwhile.
  private static let removalLimit = 50

  /// Takes objects away, and with the last object of a content its blob. What a row describes, what lies in the trash,
  /// and what was stored again since its purge ended stays: a deletion that comes late harms nobody.
  func delete(_ keys: [String], in bucket: String) throws(StorageError) {
    var rest = keys[...]
    while !rest.isEmpty {
      try remove(rest.prefix(Self.removalLimit).map { ObjectAddress(bucket: bucket, key: $0) })
      rest = rest.dropFirst(Self.removalLimit)
      CrashPoint.objectsRemoved.reached()
    }
  }

  /// Blobs go first, under the lock that whoever records an object needs as well: nobody names one of them meanwhile.
  /// Killed in between, objects are left without their contents that no row describes; the next purge takes them away.
  private func remove(_ objects: [ObjectAddress]) throws(StorageError) {
    let outcome = try writing { [blobs] tables throws(SQLiteError) -> Result<Void, FileError> in
      var doomed: [ObjectAddress] = []
      var digests: Set<SHA256Digest> = []
      for address in Set(objects) {
        guard let object = try tables.object(address.key, in: address.bucket), try tables.mayDelete(address) else {
          continue
        }
        doomed.append(address)
        digests.insert(object.sha256)
      }
      var unnamed: [SHA256Digest] = []
      for digest in digests where try !tables.isReferred(digest, beside: doomed) { unnamed.append(digest) }
      do throws(FileError) {
        try blobs.remove(unnamed)
      } catch {
        return .failure(error)
      }
      for address in doomed { try tables.removeObject(at: address) }
      return .success(())
    }
    do throws(FileError) {
      try outcome.get()
    } catch {
      throw StorageError(error)
    }
  }
}
