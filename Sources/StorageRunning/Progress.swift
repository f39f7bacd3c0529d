internal import StorageModel
import Synchronization

/// How far a run is. Totals are those of a walk made beforehand, so they can be off by what changes meanwhile.
public struct Progress: Sendable, Equatable {
  /// Files that are done.
  public var fileCount: Int
  /// Bytes that were sent, or need not be.
  public var byteCount: Int64
  /// Files in all; 0 as long as nobody knows.
  public var totalFileCount: Int
  /// Bytes in all; 0 as long as nobody knows.
  public var totalByteCount: Int64

  package init(fileCount: Int = 0, byteCount: Int64 = 0, totalFileCount: Int = 0, totalByteCount: Int64 = 0) {
    self.fileCount = fileCount
    self.byteCount = byteCount
    self.totalFileCount = totalFileCount
    self.totalByteCount = totalByteCount
  }
}

/// Counts what a run has done; read from any thread while it runs.
public final class ProgressMeter: Sendable {
  private struct State {
    var progress = Progress()
    /// Bytes sent by the lanes of roots that are finished.
    var finishedLanes: Int64 = 0
    /// What the one in use has sent, in bytes.
    var lane: (@Sendable () -> Int64)?
  }
  private let state = Mutex(State())

  /// Of a run that has not begun.
  public init() {}

  /// How far it is at this moment.
  public var progress: Progress {
    state.withLock { state in
      var progress = state.progress
      progress.byteCount.add(state.finishedLanes + (state.lane?() ?? 0))
      progress.byteCount = min(progress.byteCount, max(progress.totalByteCount, state.progress.byteCount))
      return progress
    }
  }

  package func expect(fileCount: Int, byteCount: Int64) {
    state.withLock { state in
      state.progress.totalFileCount += fileCount
      state.progress.totalByteCount.add(byteCount)
    }
  }

  /// Contents were read.
  package func count(files: Int, bytes: Int64) {
    state.withLock { state in
      state.progress.fileCount += files
      state.progress.byteCount.add(bytes)
    }
  }

  /// From now on what `lane` says counts: the bytes that it sent so far.
  package func watch(_ lane: @escaping @Sendable () -> Int64) {
    state.withLock { state in
      state.finishedLanes += state.lane?() ?? 0
      state.lane = lane
    }
  }

  /// A file needs no more sending. `byteCount` are its bytes, 0 of one that a lane sent: those were counted on their way.
  package func settled(byteCount: Int64) {
    state.withLock { state in
      state.progress.fileCount += 1
      state.progress.byteCount.add(byteCount)
    }
  }
}
