internal import StorageFiles
internal import StorageModel
internal import StorageRunning

/// Yields the source files of a run, one after the other; those that are to be stored once more before the others.
struct SourceWalk: ~Copyable {
  private let sources: [MigrationSource]
  private var sequence: SourceSequence
  private var again: [MigratingFile] = []

  init(_ sources: [MigrationSource]) {
    self.sources = sources
    sequence = SourceSequence(sources)
  }

  /// How many files there are that are `wanted`, and how large they are, as far as a walk of its own can tell.
  func measure(
    until stop: StopSignal, _ wanted: (MigratingFile) -> Bool
  ) -> (fileCount: Int, byteCount: Int64) {
    var size: (fileCount: Int, byteCount: Int64) = (0, 0)
    var sequence = SourceSequence(sources)
    while !stop.isRaised, let entry = sequence.next() {
      guard case .file(let file) = entry, wanted(file) else { continue }
      size.fileCount += 1
      size.byteCount.add(file.status.byteCount)
    }
    return size
  }

  /// These come next.
  mutating func comeBack(to files: [MigratingFile]) { again = files.reversed() }

  mutating func next() -> SourceSequence.Entry? {
    if let file = again.popLast() { return .file(file) }
    return sequence.next()
  }
}
