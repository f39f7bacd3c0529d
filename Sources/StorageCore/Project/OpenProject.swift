internal import CurlHTTP
internal import SupabaseClient

/// A project, with the connections to it open.
public struct OpenProject: Sendable {
  /// Operations on these two are repeated where that may help.
  public let objects: any ObjectStore
  public let rows: any FileRepository
  let retrier: Retrier
  let connection: ServiceConnection
  private let settings: ProjectSettings
  let tables: RowsClient
  /// What `objects` and `rows` repeat.
  let store: any ObjectStore
  let repository: any FileRepository

  private init(
    _ settings: ProjectSettings, connection: ServiceConnection, store: any ObjectStore, repository: any FileRepository,
    retrier: Retrier
  ) {
    self.settings = settings
    self.connection = connection
    self.store = store
    self.repository = repository
    self.retrier = retrier
    objects = RetryingObjectStore(store, retrier: retrier)
    rows = RetryingFileRepository(repository, retrier: retrier)
    tables = RowsClient(settings.project)
  }

  var project: SupabaseProject { settings.project }

  /// Where this project's journal and locks lie, made when it is first asked for. Throws `.configuration` when there is
  /// no place for it.
  public func journalPlace() throws(StorageError) -> JournalPlace { try settings.journalPlace() }

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
          settings, connection: connection, store: store, repository: repository, retrier: retrier))
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
    OpenProject(settings, connection: connection, store: store, repository: repository, retrier: retrier)
  }
}
