internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces

/// What reading an object through came to.
enum ObjectContent: Sendable {
  case whole(SHA256Digest, byteCount: Int64)
  /// There is no such object, or the service has no bytes of it.
  case lost
  /// It is longer than it should be.
  case longer
}

/// Downloads objects to hash them: the proof where an ETag settles nothing.
struct ReadBack: Sendable {
  let objects: any ObjectStore
  /// Where the bytes lie meanwhile, in a file without a name.
  let directory: LocalPath

  /// Reads an object through.
  /// - Parameter limit: bytes that it should have at most.
  func content(of object: ObjectAddress, limit: Int64) async throws(StorageError) -> ObjectContent {
    let part: PartialFile
    do throws(FileError) {
      part = try .scratch(in: directory)
    } catch {
      throw StorageError(error)
    }
    let incoming = try IncomingObject(into: part, limit: limit)
    do throws(StorageError) {
      try await objects.read(object.key, in: object.bucket, into: incoming)
    } catch {
      if [.notFound, .objectMissing].contains(error.code) { return .lost }
      if error.code == .integrity { return .longer }
      throw error
    }
    let received = try incoming.finish()
    return .whole(received.sha256, byteCount: received.byteCount)
  }
}
