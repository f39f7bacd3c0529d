internal import CurlHTTP
internal import SupabaseClient

/// A project, with the connections to it open.
public struct OpenProject: Sendable {
  public let objects: any ObjectStore
  public let rows: any FileRepository
  /// Where this project's journal and locks lie.
  public let journalPlace: JournalPlace
  let retrier: Retrier
  let connection: ServiceConnection
  let project: SupabaseProject
  let tables: RowsClient

  /// Requests sent so far, retries included.
  public var requestCount: Int { connection.requestCount }

  /// Runs `body` with the project that `settings` describe; the connections live as long as it does.
  public static func withOpen<Value: Sendable>(
    _ settings: ProjectSettings, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    try await HTTPClient.withRunning(settings.transport) { client in
      let connection = ServiceConnection(client)
      let retrier = Retrier(budget: RetryBudget())
      let storage = StorageClient(settings.project)
      let tables = RowsClient(settings.project)
      return try await body(
        OpenProject(
          objects: RetryingObjectStore(RemoteObjectStore(connection: connection, storage: storage), retrier: retrier),
          rows: RetryingFileRepository(RemoteFileRepository(connection: connection, tables: tables), retrier: retrier),
          journalPlace: settings.journalPlace, retrier: retrier, connection: connection, project: settings.project,
          tables: tables))
    }
  }
}
