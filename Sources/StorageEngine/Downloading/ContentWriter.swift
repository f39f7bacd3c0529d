internal import StorageDigests
internal import StorageFiles
internal import StorageModel

/// Reads and writes downloaded files, away from the threads that everybody shares.
actor ContentWriter {
  static let shared = ContentWriter()

  private let executor = BlockingExecutor(label: "supastore.writer")
  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens the place of `row`, with the directories that it needs; nil for a sink. Throws `.conflict` when what lies there
  /// may not be replaced.
  func place(of row: FileRow, in target: DownloadTarget, replacing: Bool) throws(StorageError) -> DownloadPlace? {
    let place = try DownloadPlace(of: row, in: target)
    try place?.check(replacing: replacing)
    return place
  }

  func digest(of range: Range<Int64>, in content: any OpenContent) throws(StorageError) -> SHA256Digest {
    try Self.reporting { try content.sha256(of: range) }
  }

  /// Copies some bytes of a content to the start of a file.
  func copy(_ range: Range<Int64>, of content: any OpenContent, to file: PartialFile) throws(StorageError) {
    try Self.reporting {
      var offset: Int64 = 0
      try content.forEachPiece(of: range) { piece in
        try file.write(piece, at: offset)
        offset += Int64(piece.count)
      }
    }
  }

  func commit(_ file: PartialFile, at place: DownloadPlace, replacing: Bool) throws(StorageError) {
    try place.commit(file, replacing: replacing)
  }

  private static func reporting<Value>(_ body: () throws -> Value) throws(StorageError) -> Value {
    do {
      return try body()
    } catch let error as FileError {
      throw StorageError(error)
    } catch {
      throw StorageError(.damaged, "libcrypto failed: \(error)")
    }
  }
}
