package import StorageDigests
public import StorageModel
package import StoragePlaces
package import StorageRunning

/// Where files and rows are kept, open: a Supabase project with the connections to it, or the local store.
public struct OpenProject: Sendable {
  /// Operations on these two are repeated where that may help.
  package let objects: any ObjectStore
  package let rows: any FileRepository
  package let trash: any Trash
  /// What was chosen.
  public let mode: StorageMode
  package let retrier: Retrier
  package let place: any Place
  /// What `objects` and `rows` repeat.
  package let store: any ObjectStore
  let repository: any FileRepository
  /// What takes the service's place while it is down; nil where nothing does.
  package let fallback: (any Fallback)?
  private let journal: @Sendable () throws(StorageError) -> JournalPlace
  private let contentPath: @Sendable (SHA256Digest, LocalPath) -> LocalPath

  /// - Parameters:
  ///   - journal: where the project's journal and locks lie, made when it is first asked for.
  ///   - contentPath: where the local store in a state directory keeps a content, if it has it.
  package init(
    _ mode: StorageMode, _ place: any Place, journal: @escaping @Sendable () throws(StorageError) -> JournalPlace,
    retrier: Retrier, fallback: (any Fallback)? = nil,
    contentPath: @escaping @Sendable (SHA256Digest, LocalPath) -> LocalPath
  ) {
    self.init(
      mode, place, store: place.objects, repository: place.rows, journal: journal, retrier: retrier,
      fallback: fallback, contentPath: contentPath)
  }

  private init(
    _ mode: StorageMode, _ place: any Place, store: any ObjectStore, repository: any FileRepository,
    journal: @escaping @Sendable () throws(StorageError) -> JournalPlace, retrier: Retrier,
    fallback: (any Fallback)?, contentPath: @escaping @Sendable (SHA256Digest, LocalPath) -> LocalPath
  ) {
    self.mode = mode
    self.place = place
    self.store = store
    self.repository = repository
    self.retrier = retrier
    self.fallback = fallback
    self.journal = journal
    self.contentPath = contentPath
    objects = RetryingObjectStore(store, retrier: retrier)
    rows = RetryingFileRepository(repository, retrier: retrier)
    trash = RetryingTrash(base: place.trash, retrier: retrier)
  }

  /// Where files go.
  public var backend: Backend { place.backend }

  /// Where this project's journal and locks lie, made when it is first asked for. Throws `.configuration` when there is
  /// no place for it.
  package func journalPlace() throws(StorageError) -> JournalPlace { try journal() }

  /// Where the local store of this machine has a content, if it has it.
  func keptContent(_ sha256: SHA256Digest) throws(StorageError) -> LocalPath {
    contentPath(sha256, try journal().directory)
  }

  /// Of a Supabase project, in its one normal form; nil for the local store.
  public var url: String? { place.url }

  /// Requests sent so far, retries included.
  package var requestCount: Int { place.requestCount }

  /// By the clock that the rows' times come from; nil before the service told it.
  package var time: Timestamp? { place.time }

  /// The same project, where nothing is repeated once `stop` is raised.
  package func heeding(_ stop: StopSignal) -> OpenProject {
    var retrier = retrier
    retrier.stop = stop
    return over(store, repository, retrier: retrier)
  }

  /// The same project with other stores beneath.
  func over(_ store: any ObjectStore, _ repository: any FileRepository, retrier: Retrier) -> OpenProject {
    OpenProject(
      mode, place, store: store, repository: repository, journal: journal, retrier: retrier, fallback: fallback,
      contentPath: contentPath)
  }
}
