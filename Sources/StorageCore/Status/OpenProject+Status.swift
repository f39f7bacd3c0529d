public import StorageEngine
public import StorageModel

extension OpenProject {
  /// How things stand with this project on this machine. What cannot be read is told in its place; neither a quota nor a
  /// cache is known here.
  ///
  /// Without `asksUsage` usage is not counted and no request is sent. Throws `.configuration` when there is no place for
  /// the state.
  public func status(askingUsage asksUsage: Bool = true) async throws(StorageError) -> StatusReport {
    try await StatusReport(of: self, askingUsage: asksUsage)
  }
}
