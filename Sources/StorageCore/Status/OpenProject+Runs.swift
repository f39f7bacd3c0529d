package import StorageEngine
package import StorageModel
internal import StorageRunning

extension OpenProject {
  /// Notes how a run ended, for `StatusReport`. The run itself is done, whatever this throws.
  package func note(_ run: PastRun) throws(StorageError) {
    let place = try journalPlace()
    do throws(StateError) {
      try Journal.note(run, at: place)
    } catch {
      throw StorageError(error)
    }
  }
}
