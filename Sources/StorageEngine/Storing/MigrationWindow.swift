internal import StorageFiles
internal import StorageModel

/// Files that are sent, proved, recorded and linked together. Their keys follow each other, or nearly so.
struct MigrationWindow: Sendable {
  /// As many rows as one insert takes.
  static let fileLimit = 500
  /// What a window costs in requests must not show beside its files, so it is large.
  static let byteLimit: Int64 = 4 << 30

  var files: [MigratingFile] = []
  private(set) var byteCount: Int64 = 0
  /// The row of the conversation whose links are marked in the files.
  var conversationID: String?
  /// Set when sending was given up: the key is refused, or the service is away for every file.
  var end: StorageError?

  var isFull: Bool { files.count >= Self.fileLimit || byteCount >= Self.byteLimit }

  mutating func append(_ file: MigratingFile) {
    files.append(file)
    byteCount.add(file.status.byteCount)
  }

  /// Fails those for which `condition` holds and that have not failed already.
  mutating func fail(where condition: (MigratingFile) -> Bool, _ error: StorageError) {
    fail(indices(where: condition), error)
  }

  mutating func fail(_ indices: some Sequence<Int>, _ error: StorageError) {
    for index in indices { files[index].fail(error) }
  }

  /// Fails those of which `rows` hold the id on another path.
  mutating func fail(_ indices: some Sequence<Int>, storedElsewhereBy rows: [FileRow]) {
    let holders = Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    for index in indices {
      guard let row = files[index].row, let holder = holders[row.id], holder.storagePath != row.storagePath
      else { continue }
      files[index].fail(.storedElsewhere(holder))
    }
  }

  /// The files that have not failed and for which `condition` holds, by index.
  func indices(where condition: (MigratingFile) -> Bool = { _ in true }) -> [Int] {
    files.indices.filter { files[$0].error == nil && condition(files[$0]) }
  }

  /// Why going on with other windows is pointless, if it is.
  /// - Parameter hadSuccess: whether any file of the run was stored before, so that a few failures may be those of files.
  func endOfRun(hadSuccess: Bool) -> StorageError? {
    if let end { return end }
    let fatal = files.compactMap(\.error).filter { $0.endsTheRun && $0.code != .interrupted }
    if let error = fatal.first(where: { $0.code != .unreachable }) { return error }
    if files.contains(where: \.isComplete) { return nil }
    return fatal.count >= (hadSuccess ? 5 : min(5, files.count)) ? fatal.first : nil
  }
}
