internal import SupabaseClient

/// Asks what of some objects is in the trash.
struct TrashLookup: Sendable {
  /// Nil where there can be no trash.
  private let remote: RemoteProject?
  private let retrier: Retrier

  init(_ project: OpenProject) {
    remote = project.remote
    retrier = project.retrier
  }

  /// The states of the entries that there are: `trashed`, `purging`, `purged`. A database of the first phase has none.
  func states(of places: [ObjectPlace]) async throws(StorageError) -> [ObjectPlace: String] {
    guard let remote, !places.isEmpty else { return [:] }
    let tables = RemoteFileRepository(connection: remote.connection, tables: remote.tables)
    var states: [ObjectPlace: String] = [:]
    do throws(StorageError) {
      for part in Filter.parts(of: places.map(\.key)) {
        var last: Entry?
        while true {
          let page: Page<Entry> = try await retrier.run { [last] () async throws(StorageError) in
            try await tables.page(
              ["bucket", "key", "state"], from: "supastore_trash", where: [.isOneOf("key", Array(part))],
              order: [.ascending("key"), .ascending("bucket")], after: last.map { [$0.key, $0.bucket] })
          }
          for entry in page.elements { states[ObjectPlace(bucket: entry.bucket, key: entry.key)] = entry.state }
          guard !page.isLast, let next = page.elements.last else { break }
          last = next
        }
      }
      return states
    } catch {
      guard error.code == .setup, try await !hasTrash(tables) else { throw error }
      return [:]
    }
  }

  /// Whether the tables should be there, so that their absence is a fault.
  private func hasTrash(_ tables: RemoteFileRepository) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      let page: Page<Version> = try await retrier.run { () async throws(StorageError) in
        try await tables.page(
          ["version"], from: "schema_version", where: [.gte("version", "2")], order: [.ascending("version")], after: nil
        )
      }
      return !page.elements.isEmpty
    } catch {
      guard error.code == .setup else { throw error }
      return false
    }
  }

  private struct Entry: Decodable, Sendable {
    let bucket: String
    let key: String
    let state: String
  }

  private struct Version: Decodable, Sendable {
    let version: Int
  }
}
