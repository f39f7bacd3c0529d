package import StorageModel

/// What asking for the bytes of an object that is described came to.
package enum ByteSighting: Sendable {
  case there
  /// There is no such object any more.
  case gone
  /// The store describes it as before, and has no bytes of it, or not that many.
  case lost
  /// It was written since it was described; this is what is said of it now.
  case replaced(StoredObject)
}

extension ObjectStore {
  /// Asks for the first byte of an object. Where none comes the object is described once more, which a service cannot do
  /// while its database is away, and asked once more: what is taken for lost will be written over.
  package func sight(_ object: StoredObject, in bucket: String) async throws(StorageError) -> ByteSighting {
    if try await hasBytes(object, in: bucket) { return .there }
    guard let now = try await self.object(object.key, in: bucket) else { return .gone }
    guard now.isSameVersion(as: object) else { return .replaced(now) }
    return try await hasBytes(object, in: bucket) ? .there : .lost
  }

  private func hasBytes(_ object: StoredObject, in bucket: String) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      return try await readFirstByte(of: object, in: bucket)
    } catch {
      guard [.notFound, .objectMissing].contains(error.code) else { throw error }
      return false
    }
  }
}

extension StoredObject {
  /// As far as lists and descriptions tell alike.
  fileprivate func isSameVersion(as other: StoredObject) -> Bool {
    etag == other.etag && byteCount == other.byteCount
      && modifiedAt?.milliseconds == other.modifiedAt?.milliseconds
  }
}
