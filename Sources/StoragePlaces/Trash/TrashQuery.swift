package import FoundationEssentials
package import StorageModel

/// Which entries of the trash. Everything that is set must hold.
package struct TrashQuery: Sendable, Equatable {
  package var run: UUID?
  /// The continuation id of the conversation that they were deleted with.
  package var continuationID: String?
  package var files: [FileID]?
  /// Storage paths.
  package var keys: [String]?
  package var states: Set<TrashEntry.State>

  package init(
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
