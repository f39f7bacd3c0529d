package import StorageModel
package import StorageRunning

extension LocalStore {
  /// Held by whoever sends what waits, or makes the database anew. Throws `.locked`.
  package static func lock(at path: LocalPath) throws(StorageError) -> RunLock {
    do throws(StateError) {
      return try RunLock(file: path.appending(LocalPath(checked: Array("sync.lock".utf8))))
    } catch {
      throw StorageError(error)
    }
  }
}
