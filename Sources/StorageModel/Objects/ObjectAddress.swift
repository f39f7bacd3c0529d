/// Where an object lies.
public struct ObjectAddress: Hashable, Sendable {
  public var bucket: String
  public var key: String

  public init(bucket: String, key: String) {
    self.bucket = bucket
    self.key = key
  }
}
