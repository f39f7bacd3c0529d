/// What a database must be to be ours, and how a new one becomes so.
public struct Schema: Sendable {
  /// Written into the file's header, so that no file of another program is taken for ours.
  public let applicationID: Int32
  /// Of the tables; at least 1.
  public let version: Int32
  /// The statements that make the tables in an empty database.
  public let creation: String
  /// The statements that turn a database of an earlier version into one of the next, by that earlier version. What has
  /// no way from its version to this one is left alone.
  public let upgrades: [Int32: String]

  public init(applicationID: Int32, version: Int32, creation: String, upgrades: [Int32: String] = [:]) {
    self.applicationID = applicationID
    self.version = version
    self.creation = creation
    self.upgrades = upgrades
  }
}
