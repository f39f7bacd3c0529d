internal import StorageFiles
internal import StorageModel

extension SourceReader {
  /// The outcomes of a window's files. Those that were dropped on the way, because the run ended, have none, or fail
  /// with `end`.
  func outcomes(
    of window: MigrationWindow, in conversation: Conversation?, droppedBy end: StorageError? = nil
  ) -> [FileOutcome] {
    window.files.compactMap { file in
      if file.wasDropped || file.error?.code == .interrupted {
        return end.map { outcome(of: file.failed($0), .failed, conversation) }
      }
      if let error = file.error {
        return outcome(of: file, error.code == .changed ? .changed : .failed, conversation)
      }
      guard file.isComplete, file.link.isThere || conversation == nil else {
        let error = StorageError(
          .rejected, "it was not stored, for no known reason", hint: "run the same command again")
        return outcome(of: file.failed(error), .failed, conversation)
      }
      let wasComplete = file.hadObject && file.record.wasBefore && (file.link.wasBefore || conversation == nil)
      return outcome(of: file, wasComplete && file.mended == nil ? .unchanged : .stored, conversation)
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
    var outcome = outcome(status, file.path, name: file.name, file.status, error: file.error)
    outcome.id = file.row?.id ?? file.queued?.row.id
    outcome.storagePath = file.row?.storagePath
    outcome.originalName = file.row?.originalName ?? outcome.originalName
    outcome.mediaType = file.row?.mediaType
    outcome.sha256 = file.row?.metadata.sha256
    outcome.conversation = conversation
    outcome.updatedKeys = file.updatedKeys
    outcome.wasTrusted = file.evidence?.bytes == .trusted
    switch file.mended {
    case .otherBytes?: outcome.reason = "other bytes lay on its path and were replaced"
    case .lostBytes?: outcome.reason = "the service had lost its bytes, which were sent again"
    case .missing?, nil:
      if outcome.wasTrusted { outcome.reason = "its bytes are taken for granted because it is listed" }
    }
    return outcome
  }

  /// The outcome of a path of which no more is known.
  func outcome(
    _ status: FileOutcome.Status, _ path: LocalPath, name: LocalPath, _ file: FileStatus? = nil,
    reason: String? = nil, error: StorageError? = nil
  ) -> FileOutcome {
    FileOutcome(
      status: status, path: path, bucket: destination.bucket.name,
      originalName: (name.baseName ?? name).repaired, byteCount: file?.byteCount,
      continuationID: destination.continuationID, reason: reason, error: error)
  }
}

extension MigratingFile {
  fileprivate func failed(_ error: StorageError) -> MigratingFile {
    var file = self
    file.fail(error)
    return file
  }
}
