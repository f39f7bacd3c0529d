#if DEBUG
  internal import Glibc
  internal import Synchronization
#endif

/// A step after which a process may be killed. In debug builds a test can have that done at exactly this step, so that
/// each is tried; in release builds nothing of it is left.
package enum CrashPoint: String, CaseIterable, Sendable {
  /// A local database is whole and does not have its name yet.
  case databaseFilled = "database-filled"
  case databaseNamed = "database-named"
  case blobFilled = "blob-filled"
  case blobNamed = "blob-named"
  case objectsRecorded = "objects-recorded"
  case sidecarNoted = "sidecar-noted"
  /// The rows of files and what makes them wait.
  case filesCommitted = "files-committed"
  case linksCommitted = "links-committed"
  case unlinksCommitted = "unlinks-committed"
  case conversationMade = "conversation-made"
  /// New metadata are in the sidecar and not in the row.
  case metadataNoted = "metadata-noted"
  case metadataChanged = "metadata-changed"

  /// Inside a transaction: a content is gone, and what names it is not.
  case blobRemoved = "blob-removed"
  case objectsRemoved = "objects-removed"
  case purgeFinished = "purge-finished"
  case entriesRestored = "entries-restored"

  case outageNoted = "outage-noted"
  /// A run goes on in the local store.
  case turnedToLocal = "turned-to-local"
  /// What the local store had before waits again.
  case queuedAgain = "queued-again"

  case itemsRead = "items-read"
  case conversationSent = "conversation-sent"
  /// A window has its objects, and none is proved.
  case objectsSent = "objects-sent"
  case objectsProved = "objects-proved"
  case rowsInserted = "rows-inserted"
  case linksInserted = "links-inserted"
  case metadataAmended = "metadata-amended"
  case linkSent = "link-sent"
  case unlinkSent = "unlink-sent"
  case messageSent = "message-sent"
  case outboxSettled = "outbox-settled"

  /// What is to be trashed is in the local record.
  case removalNoted = "removal-noted"
  case entriesTrashed = "entries-trashed"
  case purgeClaimed = "purge-claimed"
  case objectsDeleted = "objects-deleted"

  /// Kills this process when `STORAGECORE_CRASH_AT` holds the point's name, or `name:n` and this is the n-th time that
  /// it gets here.
  @inline(__always) package func reached() {
    #if DEBUG
      guard let target = Self.target, target.point == self,
        target.passings.add(1, ordering: .relaxed).newValue == target.number
      else { return }
      kill(getpid(), SIGKILL)
    #endif
  }
}

#if DEBUG
  extension CrashPoint {
    private final class Target: Sendable {
      let point: CrashPoint
      let number: Int
      let passings = Atomic(0)

      init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let point = parts.first.flatMap({ CrashPoint(rawValue: String($0)) }) else { return nil }
        self.point = point
        number = parts.count > 1 ? Int(parts[1]) ?? 1 : 1
      }
    }

    private static let target = getenv("STORAGECORE_CRASH_AT").flatMap { Target(String(cString: $0)) }
  }
#endif
