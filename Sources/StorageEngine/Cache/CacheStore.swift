internal import Glibc
internal import StorageDigests
internal import StorageFiles
internal import StorageModel
internal import StorageRunning
internal import StorageSQLite

/// The cache's files and its index, open. Owned by one actor; other processes work on the same at the same time.
///
/// A blob lies in `blobs/aa/<sha256>`. It gets its name, and loses it, inside a transaction of the index, so that no
/// process forgets a blob that another one is just adding.
final class CacheStore {
  let root: TargetDirectory
  let index: CacheIndex
  private let blobs: TargetDirectory
  /// The index's file when it was opened: by now another process may have put a new one in its place.
  private let inode: UInt64?

  /// Opens the cache at `path`; what is missing is made, a missing index from the blobs there are. An index that is
  /// damaged, or not one of ours, is set aside.
  init(at path: LocalPath) throws {
    root = try TargetDirectory(at: StateDirectory(at: path).path)
    blobs = try root.subdirectory("blobs".utf8, mode: 0o700)
    var isNew = Self.makeIndexFile(in: root)
    var inode = Self.indexInode(in: root)
    do throws(SQLiteError) {
      index = try Self.openIndex(in: root)
    } catch {
      guard error.isCuredByAnew else { throw error }
      Self.setIndexAside(inode, in: root)
      isNew = Self.makeIndexFile(in: root)
      inode = Self.indexInode(in: root)
      index = try Self.openIndex(in: root)
    }
    self.inode = inode
    if isNew { try fillIndex() }
  }

  /// SQLite would make it readable for everybody. What goes wrong here goes wrong again there.
  private static func makeIndexFile(in root: TargetDirectory) -> Bool {
    let number = openat(root.descriptor.number, "index.sqlite", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    if number >= 0 { close(number) }
    return number >= 0
  }

  private static func openIndex(in root: TargetDirectory) throws(SQLiteError) -> CacheIndex {
    try CacheIndex(at: root.path.appending(LocalPath(checked: Array("index.sqlite".utf8))))
  }

  private static func indexInode(in root: TargetDirectory) -> UInt64? {
    var status = stat()
    let result = fstatat(root.descriptor.number, "index.sqlite", &status, AT_SYMLINK_NOFOLLOW)
    return result == 0 ? UInt64(status.st_ino) : nil
  }

  /// Another process that has the index open goes on with it, unharmed.
  private static func setIndexAside(_ inode: UInt64?, in root: TargetDirectory) {
    guard indexInode(in: root) == inode else { return }
    let base = root.descriptor.number
    _ = renameat(base, "index.sqlite", base, "index.sqlite.damaged")
    _ = unlinkat(base, "index.sqlite-journal", 0)
  }

  /// Makes way for a new index.
  func setIndexAside() { Self.setIndexAside(inode, in: root) }

  // MARK: Blobs

  /// Nil when it is not there.
  func blob(_ digest: SHA256Digest) throws(FileError) -> BlobFile? { try blobs.blob(digest) }

  /// Gives `content` its place among the blobs, and makes room for it: those go first that were not wanted for the
  /// longest time.
  func add(
    _ content: PartialFile, as blob: CacheIndex.Blob, limit: Int64, noting file: (FileRow, project: String)?
  ) throws {
    let directory = try blobs.blobFolder(of: blob.sha256)
    var failure: FileError?
    try index.transaction { () throws(SQLiteError) in
      var total = try index.totals().byteCount
      while total + blob.byteCount > limit, let oldest = try index.leastRecentlyUsed() {
        try discard(oldest.sha256)
        total -= oldest.byteCount
      }
      let commit = Result { () throws(FileError) in
        try content.commit(as: Array(blob.sha256.hex.utf8), in: directory, replacing: true, isDurable: false)
      }
      if case .failure(let error) = commit {
        failure = error
        return
      }
      try index.insert(blob)
      if let (row, project) = file { try index.note(row, of: project, holding: blob.sha256) }
    }
    if let failure { throw failure }
  }

  /// Takes a blob out of the index whose file is gone; another process may have added it again meanwhile.
  func forget(_ digest: SHA256Digest) throws {
    guard try index.holds(digest) else { return }
    try index.transaction { () throws(SQLiteError) in
      let kind: FileKind?
      do {
        kind = try blobs.blobFolder(of: digest).kind(of: digest.hex.utf8)
      } catch {
        // What cannot be looked at may well be there.
        return
      }
      if kind == nil { try index.remove(digest) }
    }
  }

  /// Inside a transaction: takes a blob away, and with it what leads to it.
  func discard(_ digest: SHA256Digest) throws(SQLiteError) {
    if let directory = try? blobs.blobFolder(of: digest) {
      _ = withNulTerminated(digest.hex.utf8) { unlinkat(directory.descriptor.number, $0, 0) }
    }
    try index.remove(digest)
  }

  /// Takes everything away, also what the index does not know.
  func clear() throws -> (count: Int, byteCount: Int64) {
    var removed = (count: 0, byteCount: Int64(0))
    try index.transaction { () throws(SQLiteError) in
      forEachFile { directory, name, status in
        guard withNulTerminated(name, { unlinkat(directory.descriptor.number, $0, 0) }) == 0 else { return }
        removed.count += 1
        removed.byteCount += status.byteCount
      }
      try index.removeAll()
    }
    return removed
  }

  /// Enters the blobs there are into an empty index, those that were written last as those used last.
  private func fillIndex() throws {
    var found: [(blob: CacheIndex.Blob, modified: Int64)] = []
    forEachFile { _, name, status in
      guard let digest = SHA256Digest(hex: String(decoding: name, as: UTF8.self)) else { return }
      found.append((CacheIndex.Blob(sha256: digest, byteCount: status.byteCount), status.modified))
    }
    found.sort { $0.modified < $1.modified }
    try index.transaction { () throws(SQLiteError) in for (blob, _) in found { try index.insert(blob) } }
  }

  /// Directories that cannot be read hold nothing.
  private func forEachFile(_ body: (TargetDirectory, [UInt8], FileStatus) -> Void) {
    guard let folders = try? blobs.listing() else { return }
    for folder in 0..<folders.count {
      guard case .directory = folders.finding(folder),
        let directory = try? blobs.subdirectory(folders.name(folder).bytes), let listing = try? directory.listing()
      else { continue }
      for entry in 0..<listing.count {
        if case .file(let status) = listing.finding(entry) { body(directory, listing.name(entry).bytes, status) }
      }
    }
  }
}
