internal import CurlHTTP
internal import LocalPlace
public import StorageEngine
internal import StorageModel
internal import StorageRunning
internal import StorageSync
internal import SupabaseClient
internal import SupabasePlace

extension OpenProject {
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
    let fallback = LocalFallback(for: settings.project.address.url, outage: outage) { () throws(StorageError) in
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
    _ settings: ProjectSettings, retrier: Retrier, fallback: LocalFallback? = nil,
    _ body: (OpenProject) async throws -> Value
  ) async throws -> Value {
    var transport = settings.transport
    // Whoever has somewhere else to keep a file need not wait that long for a transfer that stands still.
    if fallback != nil { transport.stallTimeLimit = min(transport.stallTimeLimit, .seconds(20)) }
    return try await HTTPClient.withRunning(transport) { client in
      let connection = ServiceConnection(client, patience: retrier.outage == nil ? nil : Retrier.patience)
      let place = RemoteProject(project: settings.project, connection: connection)
      return try await body(
        OpenProject(
          settings.mode, place, journal: { () throws(StorageError) in try settings.journalPlace() }, retrier: retrier,
          fallback: fallback, contentPath: LocalStore.contentPath))
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

  /// What only a project at Supabase has; nil for the local store.
  var remote: RemoteProject? { place as? RemoteProject }
}
