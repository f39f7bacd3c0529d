extension OpenProject {
  /// Stores one file: object, proof, row, and with `continuationID` its conversation and link.
  ///
  /// Sends nothing when everything is there already.
  /// - Returns: what became of the file; an error of the file is in it.
  public func upload(
    _ path: LocalPath, type: FileType, continuationID: String?, stop: StopSignal
  ) async throws(StorageError) -> FileOutcome {
    guard let name = path.baseName, !path.bytes.elementsEqual([.slash]) else {
      throw StorageError(.configuration, "\(path) is not a file")
    }
    let root: SourceRoot
    do throws(FileError) {
      root = try SourceRoot(at: path.parent.isEmpty ? LocalPath(checked: [.dot]) : path.parent)
    } catch {
      throw StorageError(error)
    }
    var continuationID = continuationID
    if let id = continuationID, FileID(id) != nil {
      // It may be the id of a conversation's row, and a file's identity is made of the continuation id.
      continuationID = try await rows.conversation(continuationID: id)?.continuationID ?? id
    }
    let migration = Migration(self, options: Migration.Options(type: type, jobs: 1), stop: stop)
    let destination = SourceReader.Destination(
      type: type, bucket: try await migration.bucket(), continuationID: continuationID)
    let reader = try SourceReader(root, patterns: PathPatterns(), to: destination, journal: journalPlace)
    return try await migration.store(name, from: reader, continuationID: continuationID)
  }
}

extension Migration {
  /// Stores one file of a reader's root, asking the service about this file alone.
  fileprivate func store(
    _ name: LocalPath, from reader: SourceReader, continuationID: String?
  ) async throws(StorageError) -> FileOutcome {
    var window = await reader.window(of: name)
    if let failed = window.refused { return failed }
    window.window.files = await reader.assess(window.window.files)
    if let failed = await reader.outcomes(ofFailedIn: window.window).first { return failed }
    var conversation: Conversation?
    if let continuationID {
      conversation = try await project.rows.createConversation(continuationID: continuationID, title: nil).conversation
    }
    try await noteWhatIsThere(window.window, reader)

    let lane = project.objects.uploads()
    let settler = self.settler(reader, continuationID: continuationID)
    var sender = WindowSender(reader, lane: lane, jobs: 1, retrier: project.retrier, stop: stop, meter: meter)
    let settled = await stop.withReaction {
      lane.cancelAll()
    } _: {
      await settler.settle(sender.send(window.window), in: conversation)
    }
    try await reader.recordDigests()
    guard let outcome = await reader.outcomes(of: settled.0, in: settled.1).first else {
      throw StorageError(.interrupted, "interrupted before the file was stored", hint: "run the same command again")
    }
    return outcome
  }

  /// Asks for the row and the object of a file, as far as they can be there.
  private func noteWhatIsThere(_ window: MigrationWindow, _ reader: SourceReader) async throws(StorageError) {
    guard let row = window.files.first?.row else { return }
    try await reader.note(project.rows.files(storagePaths: [row.storagePath]))
    if let object = try await project.objects.object(row.storagePath, in: options.type.bucket.name) {
      try await reader.note([object])
    }
  }
}
