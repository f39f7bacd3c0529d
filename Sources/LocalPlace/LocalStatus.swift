public import StorageModel
package import StoragePlaces
internal import StorageSQLite

/// What the local store holds, and what of it waits to be sent.
public struct LocalStatus: Sendable, Equatable {
  /// Parked items that are told one by one.
  static let parkedLimit = 20

  /// The directory of the local store.
  public var path: LocalPath
  /// Rows of files.
  public var fileCount: Int
  /// Contents, each counted once, however many files share it.
  public var blobCount: Int
  /// Bytes of these.
  public var byteCount: Int64
  /// Without a project: what waits for the first one.
  public var backlog: Backlog
  /// The first parked items, each with what it failed with.
  public var parked: [OutboxItem]
  /// As the local store counts them.
  package var usage: Usage
}

extension LocalStore {
  /// Looks at everything in one state of the tables.
  package func status() throws(StorageError) -> LocalStatus {
    try reading { [path, project] tables throws(SQLiteError) in
      let usage = try tables.usage(after: nil)
      let contents = try tables.contents()
      return LocalStatus(
        path: path, fileCount: usage.total.fileCount, blobCount: contents.fileCount, byteCount: contents.byteCount,
        backlog: try tables.backlog(for: project),
        parked: try tables.parkedItems(for: project, limit: LocalStatus.parkedLimit), usage: usage)
    }
  }
}
