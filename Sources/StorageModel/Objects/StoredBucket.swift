/// A bucket as the service describes it.
public struct StoredBucket: Sendable, Equatable {
  public var name: String
  public var isPublic: Bool
  /// The largest object it takes, in bytes; nil when only the project's own limit holds.
  public var byteLimit: Int64?

  public init(name: String, isPublic: Bool, byteLimit: Int64?) {
    self.name = name
    self.isPublic = isPublic
    self.byteLimit = byteLimit
  }
}
