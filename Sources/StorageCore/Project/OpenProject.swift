internal import CurlHTTP
internal import SupabaseClient

/// Where files and rows are kept, open: a Supabase project with the connections to it, or the local store.
public struct OpenProject: Sendable {
  private enum Place {
    case supabase(RemoteProject)
    case local(JournalPlace)
  }

  /// Operations on these two are repeated where that may help.
  public let objects: any ObjectStore
  public let rows: any FileRepository
  /// What was chosen.
  public let mode: Configuration.Mode
  let retrier: Retrier
  private let place: Place
  /// What `objects` and `rows` repeat.
  let store: any ObjectStore
  let repository: any FileRepository

  private init(
    _ mode: Configuration.Mode, _ place: Place, store: any ObjectStore, repository: any FileRepository,
    retrier: Retrier
  ) {
    self.mode = mode
    self.place = place
    self.store = store
    self.repository = repository
    self.retrier = retrier
    objects = RetryingObjectStore(store, retrier: retrier)
    rows = RetryingFileRepository(repository, retrier: retrier)
  }

  /// Where files really go.
  public var backend: Backend { remote == nil ? .local : .supabase }

  /// Nil for the local store.
  var remote: RemoteProject? { if case .supabase(let remote) = place { remote } else { nil } }

  /// Where this project's journal and locks lie, made when it is first asked for. Throws `.configuration` when there is
  /// no place for it.
  public func journalPlace() throws(StorageError) -> JournalPlace {
    switch place {
    case .supabase(let remote): try remote.settings.journalPlace()
    case .local(let place): place
    }
  }

  /// Of a Supabase project, in its one normal form; nil for the local store.
  public var url: String? { remote?.project.address.url }

  /// Requests sent so far, retries included.
  public var requestCount: Int { remote?.connection.requestCount ?? 0 }

  /// By the clock that the rows' times come from; nil before the service told it.
  var time: Timestamp? { remote.map(\.connection.serverTime) ?? Timestamp.now }

  /// Runs `body` with what `configuration` chose, whose key must be the service role's.
  public static func withOpen<Value: Sendable>(
    for configuration: Configuration, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    switch configuration.mode {
    case .local:
      let state: StateDirectory
      do throws(ConfigurationError) {
        state = try configuration.stateDirectory()
      } catch {
        throw StorageError(error)
      }
      return try await withLocalStore(in: state, retrier: Retrier(budget: RetryBudget()), body)
    case .prefer, .only:
      let settings = try ProjectSettings(configuration)
      try settings.checkRole()
      return try await withOpen(settings, body)
    }
  }

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
      let remote = RemoteProject(settings: settings, connection: ServiceConnection(client))
      let store = RemoteObjectStore(connection: remote.connection, storage: StorageClient(settings.project))
      let repository = RemoteFileRepository(connection: remote.connection, tables: remote.tables)
      return try await body(
        OpenProject(settings.mode, .supabase(remote), store: store, repository: repository, retrier: retrier))
    }
  }

  /// Runs `body` with the local store in a state directory, which is made when it is missing.
  static func withLocalStore<Value: Sendable>(
    in state: StateDirectory, retrier: Retrier, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    let store = try LocalStore(at: state.path.appending(LocalPath(checked: Array("local".utf8))))
    return try await body(
      OpenProject(
        .local, .local(JournalPlace(in: state, projectURL: "local:")), store: LocalObjectStore(store: store),
        repository: LocalFileRepository(store: store), retrier: retrier))
  }

  /// The same project, where nothing is repeated once `stop` is raised.
  func heeding(_ stop: StopSignal) -> OpenProject {
    var retrier = retrier
    retrier.stop = stop
    return over(store, repository, retrier: retrier)
  }

  /// The same project with other stores beneath.
  func over(_ store: any ObjectStore, _ repository: any FileRepository, retrier: Retrier) -> OpenProject {
    OpenProject(mode, place, store: store, repository: repository, retrier: retrier)
  }
}

/// The two places where files can be kept.
public enum Backend: String, Sendable {
  case supabase, local
}

/// What only a project at Supabase has.
struct RemoteProject: Sendable {
  let settings: ProjectSettings
  let connection: ServiceConnection

  var project: SupabaseProject { settings.project }
  var tables: RowsClient { RowsClient(project) }
}
