extension SourceReader {
  /// The outcomes of a window's files. Those that were dropped on the way, because the run ended, have none.
  func outcomes(of window: MigrationWindow, in conversation: Conversation?) -> [FileOutcome] {
    window.files.compactMap { file in
      if let error = file.error {
        if error.code == .interrupted { return nil }
        return outcome(of: file, error.code == .changed ? .changed : .failed, conversation)
      }
      if file.wasDropped { return nil }
      guard file.isComplete, file.isLinked || conversation == nil else {
        var file = file
        file.error = StorageError(
          .rejected, "it was not stored, for no known reason", hint: "run the same command again")
        return outcome(of: file, .failed, conversation)
      }
      let wasComplete = file.hadObject && file.hadRow && (file.hadLink || conversation == nil)
      return outcome(of: file, wasComplete && !file.wasOverwritten ? .unchanged : .stored, conversation)
    }
  }

  /// Those of the files that failed before anything of them was sent.
  func outcomes(ofFailedIn window: MigrationWindow) -> [FileOutcome] {
    var failed = window
    failed.files = window.files.filter { $0.error != nil }
    return outcomes(of: failed, in: nil)
  }

  private func outcome(
    of file: MigratingFile, _ status: FileOutcome.Status, _ conversation: Conversation?
  ) -> FileOutcome {
    var outcome = outcome(status, file.path, file.status, error: file.error)
    outcome.id = file.row?.id
    outcome.storagePath = file.row?.storagePath
    outcome.originalName = file.row?.originalName ?? outcome.originalName
    outcome.mediaType = file.row?.mediaType
    outcome.sha256 = file.row?.metadata.sha256
    outcome.conversation = conversation
    if file.wasOverwritten { outcome.reason = "other bytes lay on its path and were replaced" }
    return outcome
  }

  /// The outcome of a path of which no more is known.
  func outcome(
    _ status: FileOutcome.Status, _ path: LocalPath, _ file: FileStatus?, reason: String? = nil,
    error: StorageError? = nil
  ) -> FileOutcome {
    FileOutcome(
      status: status, path: root.path.appending(path), bucket: destination.bucket.name,
      originalName: (path.baseName ?? path).repaired, byteCount: file?.byteCount,
      continuationID: destination.continuationID, reason: reason, error: error)
  }
}
