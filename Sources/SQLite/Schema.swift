/// What a database must be to be ours, and how a new one becomes so.
public struct Schema: Sendable {
  /// Written into the file's header, so that no file of another program is taken for ours.
  public let applicationID: Int32
  /// Of the tables; at least 1.
  public let version: Int32
  /// The statements that make the tables in an empty database.
  public let creation: String

  public init(applicationID: Int32, version: Int32, creation: String) {
    self.applicationID = applicationID
    self.version = version
    self.creation = creation
  }
}
