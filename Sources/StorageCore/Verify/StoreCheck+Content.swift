internal import Digests

/// What reading an object through came to.
enum ObjectContent: Sendable {
  case whole(SHA256Digest, byteCount: Int64)
  /// The service describes it and has no bytes of it.
  case lost
  /// It has more bytes than its description tells.
  case longer
}

extension StoreCheck {
  /// Reads an object through.
  /// - Parameter byteCount: as its description tells.
  func content(of place: ObjectAddress, byteCount: Int64?) async throws(StorageError) -> ObjectContent {
    let part: PartialFile
    let directory = try project.journalPlace().directory
    do throws(FileError) {
      part = try .scratch(in: directory)
    } catch {
      throw StorageError(error)
    }
    let incoming = try IncomingObject(into: part, limit: byteCount ?? .max)
    do throws(StorageError) {
      try await project.objects.read(place.key, in: place.bucket, into: incoming)
    } catch {
      if [.notFound, .objectMissing].contains(error.code) { return .lost }
      if error.code == .integrity { return .longer }
      throw error
    }
    let received = try incoming.finish()
    return .whole(received.sha256, byteCount: received.byteCount)
  }
}
