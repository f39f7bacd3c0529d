internal import StorageDigests
internal import StorageModel

extension FileRow {
  /// The row of an object that we stored, as far as the object tells it. Its conversation and its name are those of its
  /// path where these give the very id that the object carries; else the conversation stays unknown.
  /// Nil when the object carries no id, no digest or no size.
  init?(restoredFrom object: StoredObject, in bucket: String) {
    guard let marker = object.marker, let id = marker.id, let byteCount = object.byteCount,
      let sha256 = marker.sha256.flatMap({ SHA256Digest(hex: $0) }),
      let type = FileType.allCases.first(where: {
        $0.bucket.name == bucket && object.key.hasPrefix("\($0.pathRoot)/")
      }) ?? FileType.allCases.first(where: { $0.bucket.name == bucket })
    else { return nil }
    let segments = object.key.split(separator: "/").map(String.init)
    let name = (segments.last ?? object.key).replacing(".\(id.pathTag)", with: "", maxReplacements: 1)
    self.init(
      id: id, storagePath: object.key, originalName: name, mediaType: object.mediaType, byteCount: byteCount,
      type: type,
      metadata: FileMetadata(sha256: sha256.hex, bucket: bucket))
    guard segments.count > 2, segments[0] == type.pathRoot else { return }
    let relativePath = (segments[2..<(segments.count - 1)] + [name]).joined(separator: "/")
    // Of what cannot be one, the path shows less than there was.
    for continuationID in [segments[1], nil] as [String?] {
      let identity = try? FileIdentity(
        type: type, continuationID: continuationID, name: LocalPath(checked: Array(relativePath.utf8)), content: sha256)
      guard let identity, identity.id == id, identity.storagePath.string == object.key else { continue }
      metadata.continuationID = continuationID
      metadata.relativePath = relativePath
      return
    }
  }
}
