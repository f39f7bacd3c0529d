internal import StorageModel
internal import StoragePlaces

/// Asks what of some objects is in the trash.
struct TrashLookup: Sendable {
  let project: OpenProject

  /// The states of the entries that there are. A database of the first phase has none.
  func states(of objects: [ObjectAddress]) async throws(StorageError) -> [ObjectAddress: TrashEntry.State] {
    var states: [ObjectAddress: TrashEntry.State] = [:]
    do throws(StorageError) {
      for part in project.trash.questions(about: objects.map(\.key)) {
        let query = TrashQuery(keys: Array(part), states: Set(TrashEntry.State.allCases))
        for entry in try await project.trash.entries(matching: query) { states[entry.object] = entry.state }
      }
      return states
    } catch {
      guard error.code == .setup, try await !project.place.promisesTrash(project.retrier) else { throw error }
      return [:]
    }
  }
}
