public import StorageModel
public import StorageRunning

extension OpenProject {
  /// Deletes files that somebody named: into the trash, or at once for good. Those that are not there any more are no
  /// failure; one that fails stops none of the others. What waits in the local store to be sent is taken away there, too.
  /// - Parameters:
  ///   - everywhere: also files that are linked to more than one conversation; else a safeguard refuses these.
  ///   - purgesAtOnce: whether they leave the trash at once, and are proved to be gone.
  /// - Returns: what became of each, in the order in which they were named.
  public func delete(
    _ files: [FileReference], everywhere: Bool = false, purgingAtOnce purgesAtOnce: Bool = false
  ) async throws(StorageError) -> [Removal] {
    try await Deletion(self, everywhere: everywhere, purgingAtOnce: purgesAtOnce).delete(files)
  }

  /// Deletes a conversation with its messages, and the files that only it is linked to. One that is not there is no
  /// failure.
  public func delete(
    conversation continuationID: String, purgingAtOnce purgesAtOnce: Bool = false
  ) async throws(StorageError) -> ConversationRemoval {
    try await Deletion(self, purgingAtOnce: purgesAtOnce).delete(conversation: continuationID)
  }

  /// Finds what nobody refers to any more, and with `applying` moves it into the trash, and out of it what was there for
  /// long enough.
  ///
  /// The database decides about each thing at the moment it is removed. `report` is called for each once it is known what
  /// becomes of it. Throws `.locked` while another cleanup of this project removes something on this machine. What ended
  /// it early, or what safeguards refused, is in the summary.
  public func cleanUp(
    _ options: CleanupOptions = CleanupOptions(), applying: Bool, stop: StopSignal = StopSignal(),
    report: @escaping @Sendable (Removal) -> Void = { _ in }
  ) async throws(StorageError) -> CleanupSummary {
    let lock = applying ? try lockForCleanup() : nil
    defer { withExtendedLifetime(lock) {} }
    return await Cleanup(self, options, stop: stop).run(applying: applying, report: report)
  }
}
