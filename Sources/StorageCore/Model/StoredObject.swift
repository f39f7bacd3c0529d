/// What the service says of one object.
public struct StoredObject: Sendable, Equatable {
  public var key: String
  /// Bytes; nil when the service never recorded it.
  public var byteCount: Int64?
  /// With its quotes removed.
  public var etag: String?
  /// New with every write; nil where it was not asked for.
  public var version: String?

  public init(key: String, byteCount: Int64?, etag: String?, version: String? = nil) {
    self.key = key
    self.byteCount = byteCount
    self.etag = etag
    self.version = version
  }
}

/// Objects in bytewise order of their keys.
public struct ObjectPage: Sendable {
  public var objects: [StoredObject]
  public var isLast: Bool

  public init(objects: [StoredObject], isLast: Bool) {
    self.objects = objects
    self.isLast = isLast
  }
}
