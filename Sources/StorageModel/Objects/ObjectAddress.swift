/// Where an object lies.
public struct ObjectAddress: Hashable, Sendable {
  /// By its name.
  public var bucket: String
  /// The path inside the bucket.
  public var key: String

  /// Where an object with that key lies, or would.
  public init(bucket: String, key: String) {
    self.bucket = bucket
    self.key = key
  }
}
