internal import Digests

/// What an object's description says about whether it holds the content that was meant.
enum ObjectProof: Equatable {
  /// Size and ETag are those of the content.
  case holds
  /// The ETag cannot be recomputed from the content: only reading back tells.
  case unsettled
  /// Another size: it is something else.
  case differs

  /// Parts that the service cuts a single POST into before it hands it to S3.
  static let partByteCount = 16 << 20

  /// The MD5s that a POST of this many bytes may come back as: of the whole on a file back end, of its parts on S3.
  static func cut(forByteCount byteCount: Int64) -> MD5Cut {
    byteCount > Int64(partByteCount) ? .wholeAndParts(ofBytes: partByteCount) : .whole
  }

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
