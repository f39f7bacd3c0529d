internal import Glibc
internal import StorageDigests
internal import StorageFiles
public import StorageModel
internal import StorageSQLite

/// Whole files that were downloaded and verified, kept by their content for the next time. All processes of a user
/// share it.
///
/// Nothing that goes wrong in it is an error of a download: it is told to `report`, and the cache holds nothing then.
public actor DownloadCache {
  /// What the cache holds.
  public struct Contents: Sendable, Equatable {
    /// Contents, each of which may belong to any number of files.
    public var fileCount: Int
    /// Of the files, in bytes; the index comes on top.
    public var byteCount: Int64

    package init(fileCount: Int = 0, byteCount: Int64 = 0) {
      self.fileCount = fileCount
      self.byteCount = byteCount
    }
  }

  /// Its directory, which need not be there.
  public nonisolated let path: LocalPath
  /// The most bytes it keeps; a longer file is not kept at all.
  public nonisolated let byteLimit: Int64
  private let report: @Sendable (String) -> Void
  private let executor = BlockingExecutor(label: "supastore.cache")
  /// Nil before the first use, and after the index turned out to be damaged.
  private var store: CacheStore?
  private var isGivenUp = false

  public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  /// Opens nothing yet.
  /// - Parameters:
  ///   - path: a directory of its own; made, with those above it, when it is first used.
  ///   - byteLimit: what its files may take together.
  ///   - report: gets one line for people about what went wrong.
  public init(at path: LocalPath, byteLimit: Int64, report: @escaping @Sendable (String) -> Void = { _ in }) {
    self.path = path
    self.byteLimit = byteLimit
    self.report = report
  }

  // MARK: What it holds

  /// Counts the files; nil when the cache cannot be used.
  public func contents() -> Contents? {
    using { store in
      let totals = try store.index.totals()
      return Contents(fileCount: totals.count, byteCount: totals.byteCount)
    }
  }

  /// Removes every file.
  /// - Returns: what was removed; nil when the cache cannot be used.
  public func clear() -> Contents? {
    using { store in
      let removed = try store.clear()
      return Contents(fileCount: removed.count, byteCount: removed.byteCount)
    }
  }

  // MARK: For downloads

  /// The row of a file that was downloaded before, as far as a download needs it: only of those whose id stands for
  /// their content, so that no other row can have it by now.
  func row(of reference: FileReference, in project: String) -> FileRow? {
    using { store in try store.index.file(reference, of: project) } ?? nil
  }

  /// The content with this digest, read through and found to be it. A damaged one is removed.
  func blob(_ digest: SHA256Digest) -> BlobFile? {
    using { store in
      guard let blob = try store.blob(digest) else {
        try store.forget(digest)
        return nil
      }
      guard try blob.sha256(of: 0..<blob.byteCount) == digest else {
        report("a damaged file was removed from the cache: \(digest)")
        try store.index.transaction { () throws(SQLiteError) in try store.discard(digest) }
        return nil
      }
      try store.index.touch(digest)
      return blob
    } ?? nil
  }

  /// A file in which to collect what will be added, so that it need not be copied; nil when it is not to be kept.
  func spool(for byteCount: Int64?) -> PartialFile? {
    guard let byteCount, byteCount <= byteLimit else { return nil }
    return using { store in try PartialFile(in: store.root, mode: 0o600) }
  }

  /// Keeps a verified content, and what its row says if that holds for good.
  /// - Parameter isSpooled: it lies in a file from `spool`, else it is copied.
  func add(
    _ content: PartialFile, isSpooled: Bool, _ digest: SHA256Digest, byteCount: Int64, of row: FileRow,
    in project: String
  ) {
    guard byteCount <= byteLimit else { return }
    _ = using { store in
      var file = content
      if !isSpooled {
        file = try PartialFile(in: store.root, mode: 0o600)
        var offset: Int64 = 0
        try content.forEachPiece(of: 0..<byteCount) { piece in
          try file.write(piece, at: offset)
          offset += Int64(piece.count)
        }
      }
      try store.add(
        file, as: CacheIndex.Blob(sha256: digest, byteCount: byteCount), limit: byteLimit,
        noting: row.isBoundToContent ? (row, project) : nil)
    }
  }

  // MARK: Trouble

  /// Runs `body` with the open cache; a second time, with a new index, when that turns out to be damaged.
  private func using<Value>(_ body: (CacheStore) throws -> Value) -> Value? {
    if isGivenUp { return nil }
    do {
      return try body(opened())
    } catch let error as SQLiteError where error.isCuredByAnew {
      report("the index of the cache is made anew: \(error)")
      store?.setIndexAside()
      store = nil
    } catch {
      report("the cache \(path) is not used: \(error)")
      isGivenUp = store == nil
      return nil
    }
    do {
      return try body(opened())
    } catch {
      report("the cache \(path) is not used: \(error)")
      isGivenUp = true
      return nil
    }
  }

  private func opened() throws -> CacheStore {
    if let store { return store }
    let opened = try CacheStore(at: path)
    store = opened
    return opened
  }
}

extension FileRow {
  /// Whether its id was made from its content, as its storage path shows: then this row never leads to other bytes.
  var isBoundToContent: Bool {
    let name = storagePath.split(separator: "/").last ?? ""
    return id.isMadeFromContent && name.split(separator: ".").suffix(2).contains { $0 == id.pathTag }
  }
}
