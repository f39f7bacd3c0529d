package import StorageCore
package import SupastoreShell
internal import Synchronization

/// Tells what becomes of the files of an upload, while it runs and at its end.
package final class UploadReport: Sendable {
  private struct State {
    /// Why the result could not be printed.
    var broken: OutputError?
    /// What the one file failed with.
    var failure: StorageError?
  }

  private let console: Console
  /// Whether one file was named, whose failure is that of the command.
  private let isAlone: Bool
  private let stop: StopSignal
  private let state = Mutex(State())

  /// - Parameter stop: raised when nothing can be printed any more.
  package init(console: Console, isAlone: Bool, stop: StopSignal) {
    self.console = console
    self.isAlone = isAlone
    self.stop = stop
  }

  package func show(_ outcome: FileOutcome) {
    do throws(OutputError) {
      try print(outcome)
    } catch {
      state.withLock { $0.broken = error }
      stop.raise()
    }
  }

  private func print(_ outcome: FileOutcome) throws(OutputError) {
    if console.isJSON { return try console.result(outcome.json) }
    switch outcome.status {
    case .stored, .unchanged, .queued:
      try console.result(outcome.result)
    case .skipped:
      if let line = outcome.line { console.detail(line) }
    case .failed, .changed:
      if isAlone {
        state.withLock { $0.failure = outcome.error?.naming(outcome.path) }
      } else if let line = outcome.line {
        console.warning(line, hint: outcome.error?.hint)
      }
    }
  }

  /// Ends the report.
  package func show(_ summary: MigrationSummary, of project: OpenProject) throws(OutputError) {
    let (broken, failure) = state.withLock { ($0.broken, $0.failure) }
    if let broken { throw broken }
    if let error = failure ?? summary.endedBy, error.code != .interrupted { console.error(ErrorReport(error)) }
    console.noteQueued(in: summary)
    if console.isJSON {
      try console.result(summary.json(of: project))
    } else if summary.trustedCount > 0 {
      console.note("of \(counted(summary.trustedCount, "file")) no byte was asked for (--trust-listing)")
    }
  }
}

extension StorageError {
  /// The error with the file it is about in front. What could not be read is named by its message already, unless it
  /// lies elsewhere than where it was named.
  fileprivate func naming(_ path: LocalPath) -> StorageError {
    if cause == .file(path) { return self }
    var error = self
    error.message = "\(path): \(message)"
    return error
  }
}
