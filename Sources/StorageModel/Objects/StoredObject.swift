/// What the service says of one object.
public struct StoredObject: Sendable, Equatable {
  /// The path inside its bucket.
  public var key: String
  /// Bytes; nil when the service never recorded it.
  public var byteCount: Int64?
  /// With its quotes removed.
  public var etag: String?
  /// New with every write; nil where it was not asked for.
  public var version: String?
  /// When it was written last, by the service's clock.
  public var modifiedAt: Timestamp?
  /// Nil where it was not asked for, as in lists.
  public var mediaType: String?
  /// Nil on an object of another program, and where it was not asked for, as in lists.
  package var marker: ObjectMarker?

  package init(
    key: String, byteCount: Int64?, etag: String?, version: String? = nil, modifiedAt: Timestamp? = nil,
    mediaType: String? = nil, marker: ObjectMarker? = nil
  ) {
    self.key = key
    self.byteCount = byteCount
    self.etag = etag
    self.version = version
    self.modifiedAt = modifiedAt
    self.mediaType = mediaType
    self.marker = marker
  }
}

/// What an object that we stored says about itself.
package struct ObjectMarker: Sendable, Equatable {
  /// Of the file it belongs to; nil in the local store, where the rows alone know.
  package var id: FileID?
  /// Lower-case hex.
  package var sha256: String?

  package init(id: FileID?, sha256: String?) {
    self.id = id
    self.sha256 = sha256
  }

  /// The members of an object's metadata.
  package static let idKey = "supastore"
  package static let digestKey = "sha256"

  /// What the object of a row is stored with.
  package static func metadata(of row: FileRow) -> [(name: String, value: String)] {
    [(idKey, row.id.description), (digestKey, row.metadata.sha256 ?? "")]
  }
}

/// Objects in bytewise order of their keys.
package struct ObjectPage: Sendable {
  package var objects: [StoredObject]
  package var isLast: Bool

  package init(objects: [StoredObject], isLast: Bool) {
    self.objects = objects
    self.isLast = isLast
  }
}
