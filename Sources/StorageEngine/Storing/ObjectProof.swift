internal import StorageDigests
internal import StorageModel

/// What an object's description says about whether it holds the content that was meant.
enum ObjectProof: Sendable {
  /// Size and ETag are those of the content.
  case holds
  /// The ETag cannot be recomputed from the content: only reading back tells.
  case unsettled
  /// Another size: it is something else.
  case differs

  init(of object: StoredObject, against digests: ContentDigests) {
    if let byteCount = object.byteCount, byteCount != digests.byteCount {
      self = .differs
    } else if let etag = object.etag, object.byteCount != nil,
      etag == digests.md5?.hex || etag == digests.multipart?.description
    {
      self = .holds
    } else {
      self = .unsettled
    }
  }
}
