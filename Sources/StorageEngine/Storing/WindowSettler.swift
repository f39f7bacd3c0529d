internal import StorageModel
internal import StoragePlaces
internal import StorageRunning

/// Proves, records and links the files of a window that was sent: the object first, then its row, then its link.
struct WindowSettler: Sendable {
  let reader: SourceReader
  let objects: any ObjectStore
  let rows: any FileRepository
  let trash: any Trash
  let stop: StopSignal
  /// Objects that are looked at, or sent again, at one time.
  let jobs: Int
  let bucket: String
  /// Nil when the files belong to no conversation.
  let continuationID: String?
  let verification: Verification
  /// Whether other bytes on a file's path are replaced; where a person chose the path, they stay.
  let replaces: Bool
  let change: MetadataChange
  let readBack: ReadBack

  /// Rounds after which a row or conversation that keeps vanishing is given up.
  private static let roundLimit = 3

  /// Whether a file's path follows from what it is, so that other bytes there can only be a damage.
  func isOnOwnPath(_ file: MigratingFile) -> Bool { file.queued?.isOnOwnPath ?? replaces }

  /// Afterwards each file has failed or is proved, recorded and linked; one that was dropped is left as it is.
  func settle(_ window: MigrationWindow, in conversation: Conversation?) async -> (MigrationWindow, Conversation?) {
    var window = window
    var conversation = conversation
    if window.conversationID != conversation?.id { forgetLinks(&window) }
    if window.files.contains(where: { $0.sentByteCount > 0 }) { CrashPoint.objectsSent.reached() }
    await prove(&window)
    CrashPoint.objectsProved.reached()
    for round in 1...Self.roundLimit {
      await record(&window)
      CrashPoint.rowsInserted.reached()
      guard let current = conversation else { break }
      let missing = window.indices { $0.record.isThere && $0.isProved && !$0.link.isThere }
      do throws(StorageError) {
        try await link(missing[...], to: current, &window)
        break
      } catch {
        if error.code == .notFound, round < Self.roundLimit {
          // Somebody removed the conversation or rows meanwhile: look which, and mend it.
          await lookAgain(&window, &conversation)
        } else {
          await linkOrFail(missing[...], to: current, &window, error)
        }
      }
    }
    CrashPoint.linksInserted.reached()
    await amend(&window)
    CrashPoint.metadataAmended.reached()
    return (window, conversation)
  }

  private func forgetLinks(_ window: inout MigrationWindow) {
    for index in window.files.indices { window.files[index].link = .missing }
  }

  /// Links all of these or none.
  private func link(
    _ indices: ArraySlice<Int>, to conversation: Conversation, _ window: inout MigrationWindow
  ) async throws(StorageError) {
    guard !indices.isEmpty else { return }
    let inserted = try await rows.link(indices.compactMap { window.files[$0].row?.id }, to: conversation)
    for index in indices {
      guard let id = window.files[index].row?.id else { continue }
      window.files[index].link = .there(wasBefore: !inserted.contains(id))
    }
  }

  /// After these were refused with `error`: halves them down to the file that is to blame.
  private func linkOrFail(
    _ indices: ArraySlice<Int>, to conversation: Conversation, _ window: inout MigrationWindow, _ error: StorageError
  ) async {
    guard indices.count > 1, !error.endsTheRun, !error.isRetryable else { return window.fail(indices, error) }
    let middle = indices.startIndex + indices.count / 2
    for half in [indices[..<middle], indices[middle...]] {
      do throws(StorageError) {
        try await link(half, to: conversation, &window)
      } catch {
        await linkOrFail(half, to: conversation, &window, error)
      }
    }
  }

  /// After a link was refused: makes the conversation again if it is gone, and forgets what is known of rows that are.
  private func lookAgain(_ window: inout MigrationWindow, _ conversation: inout Conversation?) async {
    guard let continuationID else { return }
    let indices = window.indices { $0.record.isThere }
    do throws(StorageError) {
      let current = try await rows.createConversation(continuationID: continuationID, title: nil).conversation
      if current.id != conversation?.id { forgetLinks(&window) }
      conversation = current
      let present = Set(try await rows.files(ids: indices.compactMap { window.files[$0].row?.id }).map(\.id))
      for index in indices {
        guard let row = window.files[index].row, !present.contains(row.id) else { continue }
        window.files[index].record = .missing
        window.files[index].link = .missing
        // Whoever removed the row may have removed the object too.
        window.files[index].forgetProof()
      }
      await prove(&window)
    } catch {
      window.fail(indices, error)
    }
  }
}

/// How the bytes of an object are proved.
public enum Verification: String, Sendable, CaseIterable {
  /// By size and ETag, and by the upload's own success or a first byte that came back; by reading back where size and ETag
  /// do not settle it.
  case etag
  /// Every object is downloaded and hashed.
  case full
}
