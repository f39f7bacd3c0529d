internal import Digests

/// Downloads objects to hash them: the proof where an ETag settles nothing.
struct ReadBack: Sendable {
  let objects: any ObjectStore
  /// Where the bytes lie meanwhile, in a file without a name.
  let directory: LocalPath

  /// The digest of an object's bytes; nil when there is no such object, its bytes are lost, or it is not `byteCount`
  /// long.
  func sha256(of key: String, in bucket: String, byteCount: Int64) async throws(StorageError) -> SHA256Digest? {
    let part: PartialFile
    do throws(FileError) {
      part = try .scratch(in: directory)
    } catch {
      throw StorageError(error)
    }
    let incoming = try IncomingObject(into: part, limit: byteCount)
    do throws(StorageError) {
      try await objects.read(key, in: bucket, into: incoming)
    } catch {
      if [.notFound, .objectMissing, .integrity].contains(error.code) { return nil }
      throw error
    }
    let received = try incoming.finish()
    return received.byteCount == byteCount ? received.sha256 : nil
  }
}
