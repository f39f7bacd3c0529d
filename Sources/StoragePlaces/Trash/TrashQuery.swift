public import FoundationEssentials
public import StorageModel

/// Which entries of the trash. Everything that is set must hold.
public struct TrashQuery: Sendable, Equatable {
  public var run: UUID?
  /// The continuation id of the conversation that they were deleted with.
  public var continuationID: String?
  public var files: [FileID]?
  /// Storage paths.
  public var keys: [String]?
  public var states: Set<TrashEntry.State>

  public init(
    run: UUID? = nil, continuationID: String? = nil, files: [FileID]? = nil, keys: [String]? = nil,
    states: Set<TrashEntry.State> = [.trashed, .purging]
  ) {
    self.run = run
    self.continuationID = continuationID
    self.files = files
    self.keys = keys
    self.states = states
  }
}
