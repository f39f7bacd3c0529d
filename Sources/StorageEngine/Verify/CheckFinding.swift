public import StorageModel

/// What a check says of one file: of a row, of an object, or of a source.
public struct CheckFinding: Sendable {
  /// The words of the JSON contract.
  public enum Kind: String, Sendable, CaseIterable {
    /// Row and object are there and fit, as far as was looked.
    case same
    /// A row without its object.
    case objectMissing = "object_missing"
    /// The object is listed, and the service has lost its bytes.
    case bytesMissing = "bytes_missing"
    /// A source with neither row nor object.
    case notStored = "not_stored"
    /// An object of ours without its row.
    case rowMissing = "row_missing"
    /// Object and row have different sizes.
    case sizeDiffers = "size_differs"
    /// The object's bytes are not those that the row's digest, or the source, tells.
    case digestDiffers = "digest_differs"
    /// The source was changed since it was stored.
    case sourceDiffers = "source_differs"
    /// Another file's row is on the path that the source has.
    case rowDiffers = "row_differs"
    /// It could not be looked at.
    case unreadable
    /// An object without a row, in the trash.
    case trashed
    /// An object without a row, so new that it may be being stored.
    case pending
    /// An object without a row that another program stored.
    case foreignObject = "foreign_object"
  }

  /// How the three compare.
  public var kind: Kind
  /// Of its row; nil where there is none.
  public var id: FileID?
  /// Nil for a source that was never stored.
  public var bucket: String?
  /// The object's key in its bucket; nil for a source that was never stored.
  public var storagePath: String?
  /// Of the source, where the finding is about one.
  public var path: LocalPath?
  /// Lower-case hex, of the row or the source; nil where nothing tells.
  public var sha256: String?
  /// As the row tells, or the source.
  public var byteCount: Int64?
  /// As the object's description tells.
  public var objectByteCount: Int64?
  /// How much of the object was asked for.
  public var depth = CheckDepth.listing
  /// Whether what was missing has been added and was seen there.
  public var isRepaired = false
  /// Why it could not be looked at, or not be repaired.
  public var error: StorageError?

  init(_ kind: Kind, _ place: ObjectAddress? = nil, id: FileID? = nil, error: StorageError? = nil) {
    self.kind = kind
    self.id = id
    self.error = error
    bucket = place?.bucket
    storagePath = place?.key
  }
}

/// How deep a check looks at an object.
public enum CheckDepth: Int, Sendable, Comparable {
  /// At what the service lists and describes, which is no proof that it has the bytes.
  case listing
  /// At its first byte as well.
  case firstByte
  /// At all of its bytes.
  case allBytes

  public static func < (left: CheckDepth, right: CheckDepth) -> Bool { left.rawValue < right.rawValue }
}

extension CheckFinding.Kind {
  /// Whether what should fit together does not.
  public var isDifference: Bool {
    switch self {
    case .objectMissing, .bytesMissing, .notStored, .rowMissing, .sizeDiffers, .digestDiffers, .sourceDiffers,
      .rowDiffers:
      true
    case .same, .unreadable, .trashed, .pending, .foreignObject: false
    }
  }
}

extension FileRow {
  var place: ObjectAddress { ObjectAddress(bucket: bucket, key: storagePath) }
}
