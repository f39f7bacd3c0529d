package import StorageEngine
package import StorageModel

extension PastRun {
  package init(_ command: String, _ summary: SyncSummary, endedAt: Timestamp = .now) {
    self.init(
      command: command, endedAt: endedAt, duration: summary.duration, counts: summary.files,
      byteCount: summary.byteCount, sentByteCount: summary.sentByteCount, errorCode: summary.endedBy?.code.rawValue)
  }
}
