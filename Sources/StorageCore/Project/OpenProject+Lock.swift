extension OpenProject {
  /// Keeps other migrations of the same roots into this project out for as long as the lock lives. Throws `.locked`.
  public func lock(_ roots: [MigrationRoot]) throws(StorageError) -> RunLock {
    do throws(StateError) {
      return try RunLock(at: journalPlace, roots: roots.map(\.source.realPath))
    } catch {
      throw StorageError(error)
    }
  }
}
