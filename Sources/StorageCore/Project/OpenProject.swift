internal import CurlHTTP
internal import SupabaseClient

/// A project, with the connections to it open.
public struct OpenProject: Sendable {
  /// Operations on these two are repeated where that may help.
  public let objects: any ObjectStore
  public let rows: any FileRepository
  /// Where this project's journal and locks lie.
  public let journalPlace: JournalPlace
  let retrier: Retrier
  let connection: ServiceConnection
  let project: SupabaseProject
  let tables: RowsClient
  /// What `objects` and `rows` repeat.
  let store: any ObjectStore
  let repository: any FileRepository

  private init(
    _ project: SupabaseProject, _ journalPlace: JournalPlace, connection: ServiceConnection, store: any ObjectStore,
    repository: any FileRepository, retrier: Retrier
  ) {
    self.project = project
    self.journalPlace = journalPlace
    self.connection = connection
    self.store = store
    self.repository = repository
    self.retrier = retrier
    objects = RetryingObjectStore(store, retrier: retrier)
    rows = RetryingFileRepository(repository, retrier: retrier)
    tables = RowsClient(project)
  }

  /// In its one normal form.
  public var url: String { project.address.url }

  /// Requests sent so far, retries included.
  public var requestCount: Int { connection.requestCount }

  /// Runs `body` with the project that `settings` describe; the connections live as long as it does.
  public static func withOpen<Value: Sendable>(
    _ settings: ProjectSettings, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    try await withOpen(settings, retrier: Retrier(budget: RetryBudget()), body)
  }

  static func withOpen<Value: Sendable>(
    _ settings: ProjectSettings, retrier: Retrier, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    try await HTTPClient.withRunning(settings.transport) { client in
      let connection = ServiceConnection(client)
      let store = RemoteObjectStore(connection: connection, storage: StorageClient(settings.project))
      let repository = RemoteFileRepository(connection: connection, tables: RowsClient(settings.project))
      return try await body(
        OpenProject(
          settings.project, settings.journalPlace, connection: connection, store: store, repository: repository,
          retrier: retrier))
    }
  }

  /// The same project, where nothing is repeated once `stop` is raised.
  func heeding(_ stop: StopSignal) -> OpenProject {
    var retrier = retrier
    retrier.stop = stop
    return over(store, repository, retrier: retrier)
  }

  /// The same project with other stores beneath.
  func over(_ store: any ObjectStore, _ repository: any FileRepository, retrier: Retrier) -> OpenProject {
    OpenProject(
      project, journalPlace, connection: connection, store: store, repository: repository, retrier: retrier)
  }
}
