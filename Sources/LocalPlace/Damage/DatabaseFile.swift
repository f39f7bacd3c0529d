internal import Glibc
internal import StorageFiles
internal import StorageModel

/// The file of the local store's database, by its name: it may be damaged or missing.
struct DatabaseFile {
  static let oldPrefix = "\(LocalDatabase.fileName).damaged-"
  /// Of the one that is being made again. Only one recovery runs at a time.
  private static let newName = ".store-recovered.new"

  private let root: TargetDirectory

  init(in root: TargetDirectory) {
    self.root = root
  }

  private func path(of name: String) -> LocalPath { root.path.appending(LocalPath(checked: Array(name.utf8))) }

  var path: LocalPath { path(of: LocalDatabase.fileName) }

  var exists: Bool {
    get throws(FileError) { try root.kind(of: LocalDatabase.fileName.utf8) != nil }
  }

  /// Where a recovery that was killed has begun to put it aside, and where its journal may be by now; else its own path.
  var pathToSalvage: LocalPath {
    get throws(FileError) { try oldName().map { path(of: $0) } ?? path }
  }

  /// The other name that the same file has already.
  private func oldName() throws(FileError) -> String? {
    guard let inode = inode(of: LocalDatabase.fileName) else { return nil }
    let listing = try root.listing()
    return (0..<listing.count).lazy.compactMap { listing.name($0).string }.first {
      $0.hasPrefix(Self.oldPrefix) && !$0.hasSuffix("-journal") && self.inode(of: $0) == inode
    }
  }

  private func inode(of name: String) -> ino_t? {
    var status = stat()
    let isThere = fstatat(root.descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0
    return isThere ? status.st_ino : nil
  }

  // MARK: Replacing

  /// Makes an empty file for the new database, in place of one that a killed recovery left.
  func prepare() throws(FileError) -> LocalPath {
    discardNew()
    let (base, path) = (root.descriptor.number, path(of: Self.newName))
    // SQLite would make it readable for everybody.
    _ = FileDescriptor(
      owning: try retrying(.create, path) { openat(base, Self.newName, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) })
    return path
  }

  func discardNew() {
    unlinkat(root.descriptor.number, Self.newName, 0)
    unlinkat(root.descriptor.number, "\(Self.newName)-journal", 0)
  }

  /// Puts the new database in the place of the old one, which keeps a name of its own together with its journal. At any
  /// moment one of the two has the place, if one had it before.
  /// - Returns: where the old one is; nil when there was none.
  func replace(at time: Timestamp) throws(FileError) -> LocalPath? {
    let base = root.descriptor.number
    let known = try oldName()
    let old = known ?? Self.oldPrefix + time.columnText.prefix(26).filter { $0 != "-" && $0 != ":" } + "Z"
    let isThere = try exists
    if isThere, known == nil {
      try call(.create, path(of: old)) { linkat(base, LocalDatabase.fileName, base, old, 0) }
    }
    // Beside the new database the old journal would be taken for that one's, and undone in it.
    if try root.kind(of: Self.journalName.utf8) != nil {
      try call(.create, path(of: "\(old)-journal")) { renameat(base, Self.journalName, base, "\(old)-journal") }
    }
    unlinkat(base, "\(Self.newName)-journal", 0)
    try root.sync()
    if isThere {
      try call(.create, path) { renameat(base, Self.newName, base, LocalDatabase.fileName) }
    } else {
      // Whoever made one meanwhile keeps it.
      try call(.create, path) { linkat(base, Self.newName, base, LocalDatabase.fileName, 0) }
      unlinkat(base, Self.newName, 0)
    }
    try root.sync()
    return isThere ? path(of: old) : nil
  }

  private static let journalName = "\(LocalDatabase.fileName)-journal"

  private func call(_ operation: FileError.Operation, _ path: LocalPath, _ body: () -> Int32) throws(FileError) {
    _ = try retrying(operation, path, body)
  }
}
