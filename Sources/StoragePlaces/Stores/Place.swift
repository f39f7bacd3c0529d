package import StorageModel
package import StorageRunning

/// A place where files, their rows and what was deleted are kept, open: a project at Supabase, or the local store.
package protocol Place: Sendable {
  var backend: Backend { get }
  var objects: any ObjectStore { get }
  var rows: any FileRepository { get }
  var trash: any Trash { get }
  /// Of a project, in its one normal form; nil for the local store.
  var url: String? { get }
  /// Requests sent so far, retries included.
  var requestCount: Int { get }
  /// By the clock that the rows' times come from; nil before the service told it.
  var time: Timestamp? { get }

  /// Whether it says that it has a trash, so that the absence of one is a fault.
  func promisesTrash(_ retrier: Retrier) async throws(StorageError) -> Bool

  /// The row that was noted last, apart from the rows, for an object that has none; nil when none was.
  func notedRow(at place: ObjectAddress) async throws(StorageError) -> FileRow?
}
