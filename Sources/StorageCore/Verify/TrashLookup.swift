internal import SupabaseClient

/// Asks what of some objects is in the trash.
struct TrashLookup: Sendable {
  let project: OpenProject

  /// The states of the entries that there are. A database of the first phase has none.
  func states(of objects: [ObjectAddress]) async throws(StorageError) -> [ObjectAddress: TrashEntry.State] {
    var states: [ObjectAddress: TrashEntry.State] = [:]
    do throws(StorageError) {
      for part in Filter.parts(of: objects.map(\.key)) {
        let query = TrashQuery(keys: Array(part), states: Set(TrashEntry.State.allCases))
        for entry in try await project.trash.entries(matching: query) { states[entry.object] = entry.state }
      }
      return states
    } catch {
      guard error.code == .setup, try await !shouldHaveTrash() else { throw error }
      return [:]
    }
  }

  /// Whether the database says that it has one, so that its absence is a fault.
  private func shouldHaveTrash() async throws(StorageError) -> Bool {
    guard let remote = project.remote else { return true }
    let tables = RemoteFileRepository(connection: remote.connection, tables: remote.tables)
    do throws(StorageError) {
      let page: Page<Version> = try await project.retrier.run { () async throws(StorageError) in
        try await tables.page(
          ["version"], from: "schema_version", where: [.gte("version", "2")], order: [.ascending("version")],
          after: nil, position: { ["\($0.version)"] })
      }
      return !page.elements.isEmpty
    } catch {
      guard error.code == .setup else { throw error }
      return false
    }
  }

  private struct Version: Decodable, Sendable {
    let version: Int
  }
}
