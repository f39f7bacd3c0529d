internal import StorageFiles
package import StorageModel
package import StorageRunning

extension OpenProject {
  /// Throws `.configuration` when the state directory lies in one of the roots: a root is only read.
  package func checkApart(_ roots: [MigrationRoot]) throws(StorageError) {
    for root in roots { try checkApart(root.source) }
  }

  /// The same for one directory that is stored: what runs keep changes while it is read.
  func checkApart(_ root: SourceRoot) throws(StorageError) {
    let state: LocalPath
    let directory = try journalPlace().directory
    do throws(FileError) {
      state = try SourceRoot(at: directory).realPath
    } catch {
      throw StorageError(error)
    }
    guard state.isInside(root.realPath) else { return }
    throw StorageError(
      .configuration, "the state directory \(state) lies in \(root.path), which is only read",
      hint: "set SUPASTORE_STATE_DIR to a directory outside of it")
  }

  /// Keeps other migrations of the same roots into this project out for as long as the lock lives. Throws `.locked`.
  package func lock(_ roots: [MigrationRoot]) throws(StorageError) -> RunLock {
    let place = try journalPlace()
    do throws(StateError) {
      return try RunLock(at: place, roots: roots.map(\.source.realPath))
    } catch {
      throw StorageError(error)
    }
  }
}
