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
  public let trash: any Trash
  /// What was chosen.
  public let mode: Configuration.Mode
  let retrier: Retrier
  private let place: Place
  /// What `objects` and `rows` repeat.
  let store: any ObjectStore
  let repository: any FileRepository
  private let bin: any Trash
  /// What takes the service's place while it is down; nil where nothing does.
  let fallback: Fallback?

  private init(
    _ mode: Configuration.Mode, _ place: Place, store: any ObjectStore, repository: any FileRepository,
    bin: any Trash, retrier: Retrier, fallback: Fallback? = nil
  ) {
    self.mode = mode
    self.place = place
    self.store = store
    self.repository = repository
    self.bin = bin
    self.retrier = retrier
    self.fallback = fallback
    objects = RetryingObjectStore(store, retrier: retrier)
    rows = RetryingFileRepository(repository, retrier: retrier)
    trash = RetryingTrash(base: bin, retrier: retrier)
  }

  /// The local store.
  init(_ mode: Configuration.Mode, _ store: LocalStore, journal: JournalPlace, retrier: Retrier) {
    self.init(
      mode, .local(journal), store: LocalObjectStore(store: store), repository: LocalFileRepository(store: store),
      bin: LocalTrash(store: store), retrier: retrier)
  }

  /// Where files go.
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
  public var time: Timestamp? { remote.map(\.connection.serverTime) ?? Timestamp.now }

  /// Runs `body` with what `configuration` chose, whose key must be the service role's.
  /// With `fallsBack` the local store takes the service's place while that is down, in the mode `prefer`.
  public static func withOpen<Value: Sendable>(
    for configuration: Configuration, fallingBack fallsBack: Bool = true, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    if configuration.mode == .local {
      let state: StateDirectory
      do throws(ConfigurationError) {
        state = try configuration.stateDirectory()
      } catch {
        throw StorageError(error)
      }
      return try await withLocalStore(in: state, retrier: Retrier(budget: RetryBudget()), body)
    }
    let settings = try ProjectSettings(configuration)
    try settings.checkRole()
    var retrier = Retrier(budget: RetryBudget())
    guard configuration.mode == .prefer, let outage = settings.outage() else {
      return try await withOpen(settings, retrier: retrier, body)
    }
    retrier.outage = outage
    let fallback = Fallback(for: settings.project.address.url, outage: outage) { () throws(StorageError) in
      try settings.journalPlace()
    }
    return try await withOpen(settings, retrier: retrier, fallback: fallsBack ? fallback : nil, body)
  }

  /// Runs `body` with the project that `settings` describe, which is asked whether it was found down or not; the
  /// connections live as long as it does.
  public static func withOpen<Value: Sendable>(
    _ settings: ProjectSettings, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    var retrier = Retrier(budget: RetryBudget())
    if settings.mode == .prefer { retrier.outage = settings.outage(isObeyed: false) }
    return try await withOpen(settings, retrier: retrier, body)
  }

  static func withOpen<Value: Sendable>(
    _ settings: ProjectSettings, retrier: Retrier, fallback: Fallback? = nil,
    _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    var transport = settings.transport
    // Whoever has somewhere else to keep a file need not wait that long for a transfer that stands still.
    if fallback != nil { transport.stallTimeLimit = min(transport.stallTimeLimit, .seconds(20)) }
    return try await HTTPClient.withRunning(transport) { client in
      let connection = ServiceConnection(client, patience: retrier.outage == nil ? nil : Retrier.patience)
      let remote = RemoteProject(settings: settings, connection: connection)
      let store = RemoteObjectStore(connection: connection, storage: StorageClient(settings.project))
      let repository = RemoteFileRepository(connection: connection, tables: remote.tables)
      return try await body(
        OpenProject(
          settings.mode, .supabase(remote), store: store, repository: repository,
          bin: RemoteTrash(connection: connection, tables: remote.tables), retrier: retrier, fallback: fallback))
    }
  }

  /// Runs `body` with the local store in a state directory, which is made when it is missing.
  static func withLocalStore<Value: Sendable>(
    in state: StateDirectory, retrier: Retrier, _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    let store = try LocalStore(at: LocalStore.place(in: state.path))
    return try await body(
      OpenProject(.local, store, journal: .local(in: state), retrier: retrier))
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
      mode, place, store: store, repository: repository, bin: bin, retrier: retrier, fallback: fallback)
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
