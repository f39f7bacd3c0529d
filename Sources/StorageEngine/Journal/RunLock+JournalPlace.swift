internal import StorageDigests
internal import StorageFiles
package import StorageModel
package import StorageRunning

extension RunLock {
  /// Takes the lock or throws `.locked` at once. `roots` are real paths.
  package convenience init(at place: JournalPlace, roots: [LocalPath]) throws(StateError) {
    try self.init(at: place) { () throws(DigestError) in try place.lock(for: roots) }
  }

  /// Takes the lock of cleanups or throws `.locked` at once.
  convenience init(forCleanupAt place: JournalPlace) throws(StateError) {
    try self.init(at: place) { () throws(DigestError) in try place.cleanupLock() }
  }

  private convenience init(at place: JournalPlace, _ path: () throws(DigestError) -> LocalPath) throws(StateError) {
    let file: LocalPath
    do throws(DigestError) {
      file = try path()
    } catch {
      throw .file(.undigestible(place.directory, error))
    }
    try self.init(file: file)
  }
}
