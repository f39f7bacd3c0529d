public import LocalPlace
public import StorageEngine
internal import StorageFiles
public import StorageModel
public import StoragePlaces
internal import StorageRunning
internal import SupabaseClient

/// How things stand: where files go, what waits, what is used, how the last runs ended. Looking makes nothing: a local
/// store, journal or cache that is not there stays so.
public struct StatusReport: Sendable {
  /// A service that was found down, and is left alone for a while.
  public struct KnownOutage: Sendable, Equatable {
    /// What was found.
    public var message: String
    /// For how many more; 0: the next operation asks it again.
    public var seconds: Int
  }

  /// What was chosen.
  public var mode: StorageMode
  /// In its one normal form; nil in the mode `local`.
  public var projectURL: String?
  /// Only in the mode `prefer`.
  public var outage: KnownOutage?
  /// Nil when there is no local store.
  public var local: Result<LocalStatus, StorageError>?
  /// Nil when it was not asked for.
  public var usage: Result<Usage, StorageError>?
  /// Bytes; nil when none was set.
  public var quota: Int64?
  /// The last one first.
  public var runs: Result<[PastRun], StorageError>
  /// Nil when the cache is switched off, or cannot be used.
  public var cache: DownloadCache.Contents?

  /// Where a file that is stored now goes.
  public var backend: Backend {
    if mode == .local { return .local }
    return (outage?.seconds ?? 0) > 0 ? .local : .supabase
  }

  /// Looks at everything that `configuration` names. What cannot be read is told in its place.
  /// Without `asksUsage` usage is not counted and no request is sent.
  /// Throws `.configuration` when it names nothing that could be looked at.
  public init(
    of configuration: Configuration, cache: DownloadCache? = nil, askingUsage asksUsage: Bool = true
  ) async throws {
    mode = configuration.mode
    quota = configuration.quota
    let settings = mode == .local ? nil : try ProjectSettings(configuration)
    projectURL = settings?.project.address.url
    let state = try configuration.statePath()
    if state.isDirectory {
      let directory = try configuration.stateDirectory()
      local = await Self.local(in: directory.path, for: projectURL ?? "")
      runs = Self.runs(
        at: projectURL.map { JournalPlace(in: directory, projectURL: $0) } ?? .local(in: directory))
    } else {
      runs = .success([])
    }
    if asksUsage { usage = try await usage(of: configuration) }
    if let cache {
      self.cache = cache.path.isDirectory ? await cache.contents() : DownloadCache.Contents()
    }
    // After the question: it may have found the service down, or back.
    if mode == .prefer, let known = settings?.outage()?.current {
      outage = KnownOutage(message: known.message, seconds: known.secondsLeft)
    }
  }

  /// Of a project that is open.
  init(of project: OpenProject, askingUsage asksUsage: Bool) async throws(StorageError) {
    let place = try project.journalPlace()
    mode = project.mode
    projectURL = project.url
    local = await Self.local(in: place.directory, for: projectURL ?? "")
    runs = Self.runs(at: place)
    if asksUsage {
      do throws(StorageError) {
        usage = .success(try await project.rows.usage())
      } catch {
        usage = .failure(error)
      }
    }
    outage = project.fallback?.outage.current.map { KnownOutage(message: $0.message, seconds: $0.secondsLeft) }
  }

  private static func local(in state: LocalPath, for project: String) async -> Result<LocalStatus, StorageError>? {
    guard LocalStore.exists(in: state) else { return nil }
    do throws(StorageError) {
      return .success(try await LocalStore(at: LocalStore.place(in: state), for: project).status())
    } catch {
      return .failure(error)
    }
  }

  private static func runs(at place: JournalPlace) -> Result<[PastRun], StorageError> {
    do throws(StateError) {
      return .success(try Journal.runs(at: place))
    } catch {
      return .failure(StorageError(error))
    }
  }

  private func usage(of configuration: Configuration) async throws -> Result<Usage, StorageError> {
    if mode == .local { return local?.map(\.usage) ?? .success(Usage()) }
    do {
      return .success(try await OpenProject.withOpen(for: configuration) { try await $0.rows.usage() })
    } catch let error as StorageError {
      return .failure(error)
    }
  }
}
