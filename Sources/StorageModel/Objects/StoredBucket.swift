/// A bucket as the service describes it.
public struct StoredBucket: Sendable, Equatable {
  /// As requests address it.
  public var name: String
  /// Whether anybody who knows a key may read its object.
  public var isPublic: Bool
  /// The largest object it takes, in bytes; nil when only the project's own limit holds.
  public var byteLimit: Int64?

  package init(name: String, isPublic: Bool, byteLimit: Int64?) {
    self.name = name
    self.isPublic = isPublic
    self.byteLimit = byteLimit
  }
}
