internal import StorageModel
internal import StoragePlaces
internal import StorageRunning
package import SupabaseClient

/// A project at Supabase, with the connections to it.
package struct RemoteProject: Place {
  package let project: SupabaseProject
  package let connection: ServiceConnection

  package init(project: SupabaseProject, connection: ServiceConnection) {
    self.project = project
    self.connection = connection
  }

  var backend: Backend { .supabase }
  var url: String? { project.address.url }
  var requestCount: Int { connection.requestCount }
  var time: Timestamp? { connection.serverTime }

  package var tables: RowsClient { RowsClient(project) }
  var objects: any ObjectStore { RemoteObjectStore(connection: connection, storage: StorageClient(project)) }
  var rows: any FileRepository { repository }
  var trash: any Trash { RemoteTrash(connection: connection, tables: tables) }
  private var repository: RemoteFileRepository { RemoteFileRepository(connection: connection, tables: tables) }

  /// A database of the first phase has none.
  func promisesTrash(_ retrier: Retrier) async throws(StorageError) -> Bool {
    do throws(StorageError) {
      let page: Page<Version> = try await retrier.run { () async throws(StorageError) in
        try await repository.page(
          ["version"], from: "schema_version", where: [.gte("version", "2")], order: [.ascending("version")],
          after: nil, position: { ["\($0.version)"] })
      }
      return !page.elements.isEmpty
    } catch {
      guard error.code == .setup else { throw error }
      return false
    }
  }

  func notedRow(at place: ObjectAddress) -> FileRow? { nil }

  private struct Version: Decodable, Sendable {
    let version: Int
  }
}
