internal import Glibc
package import StorageDigests
package import StorageFiles
internal import StorageModel
package import StorageRunning
internal import StorageSQLite

/// What a machine remembers of one project: the digests of files that were hashed before, of which objects it saw bytes,
/// and how the last runs ended. It saves reading files and asking for bytes again and is never the truth about the server;
/// losing it costs time and these reports only.
///
/// One connection, owned by one thread, queue or actor; it blocks. Other processes may use the same file.
package final class Journal {
  /// A file changed less than this before a run began could change again without a trace: the clocks of file systems
  /// are coarse. In nanoseconds.
  static let doubtfulAge: Int64 = 2_000_000_000

  /// "SUPJ"
  static let schema = Schema(
    applicationID: 0x5355_504a, version: 4,
    creation: """
      CREATE TABLE digest (
        device INTEGER NOT NULL, inode INTEGER NOT NULL, byte_count INTEGER NOT NULL, modified INTEGER NOT NULL,
        changed INTEGER NOT NULL, sha256 BLOB NOT NULL, md5 BLOB NOT NULL, multipart TEXT,
        PRIMARY KEY (device, inode)
      ) STRICT, WITHOUT ROWID;
      \(proofs)
      CREATE TABLE run (
        id INTEGER PRIMARY KEY NOT NULL, command TEXT NOT NULL, ended INTEGER NOT NULL, duration INTEGER NOT NULL,
        \(PastRun.countNames.map { "\($0) INTEGER NOT NULL" }.joined(separator: ", ")),
        byte_count INTEGER NOT NULL, sent_byte_count INTEGER NOT NULL, error TEXT
      ) STRICT
      """, upgrades: [3: proofs])

  private static let proofs = """
    CREATE TABLE proof (
      id BLOB PRIMARY KEY NOT NULL, etag TEXT NOT NULL, modified INTEGER NOT NULL, basis TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    """

  private let path: LocalPath
  let database: Database
  private var selection: Statement
  private var insertion: Statement
  var proofSelection: Statement
  private let trustedUntil: Int64

  /// Opens the journal of a project, or makes it. One that is damaged, or of another version, begins anew.
  package convenience init(at place: JournalPlace) throws(StateError) {
    try self.init(at: place, startingAt: nanosecondsNow())
  }

  /// `start` is the run's, in nanoseconds since 1970: everything that will be hashed is hashed after it.
  init(at place: JournalPlace, startingAt start: Int64) throws(StateError) {
    trustedUntil = start - Self.doubtfulAge
    let path: LocalPath
    do throws(DigestError) {
      path = try place.journal()
    } catch {
      throw .file(.undigestible(place.directory, error))
    }
    self.path = path
    do throws(SQLiteError) {
      database = try Self.open(path)
      selection = try database.prepare(
        "SELECT byte_count, modified, changed, sha256, md5, multipart FROM digest WHERE device = ? AND inode = ?")
      insertion = try database.prepare(
        "INSERT OR REPLACE INTO digest (device, inode, byte_count, modified, changed, sha256, md5, multipart) "
          + "VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      proofSelection = try database.prepare("SELECT etag, modified FROM proof WHERE id = ?")
    } catch {
      throw .database(path, error)
    }
  }

  /// The database at `path`, made or begun anew where needed.
  static func open(_ path: LocalPath, busyTimeout: Duration = .seconds(10)) throws(SQLiteError) -> Database {
    do throws(SQLiteError) {
      return try openOrMake(path, busyTimeout)
    } catch {
      switch error {
      case .damaged, .otherVersion: break
      default: throw error
      }
    }
    // Another process that has the old file open goes on with it, unharmed.
    for name in [path.bytes, path.bytes + Array("-journal".utf8)] { _ = withNulTerminated(name) { unlink($0) } }
    return try openOrMake(path, busyTimeout)
  }

  private static func openOrMake(_ path: LocalPath, _ busyTimeout: Duration) throws(SQLiteError) -> Database {
    // SQLite would make it readable for everybody. One that is there must not be opened and closed here: closing would
    // drop the locks that another connection of this process holds. What else fails here fails again there.
    let descriptor = path.withCString { Glibc.open($0, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) }
    if descriptor >= 0 { close(descriptor) }
    return try Database(.file(path.bytes), schema: schema, busyTimeout: busyTimeout)
  }

  /// The digests of the file that `status` describes, if it was hashed before and is untouched since.
  package func digests(of status: FileStatus) throws(StateError) -> ContentDigests? {
    try reporting { () throws(SQLiteError) in
      try selection.bind([.integer(Int64(bitPattern: status.device)), .integer(Int64(bitPattern: status.inode))])
      defer { selection.reset() }
      guard try selection.step(), selection.integer(0) == status.byteCount, selection.integer(1) == status.modified,
        selection.integer(2) == status.changed, let sha256 = selection.value(3).blob.flatMap(SHA256Digest.init(bytes:)),
        let md5 = selection.value(4).blob.flatMap(MD5Digest.init(bytes:))
      else { return nil }
      let multipart = selection.value(5).text.flatMap(MultipartMD5.init)
      return ContentDigests(byteCount: status.byteCount, sha256: sha256, md5: md5, multipart: multipart)
    }
  }

  /// Remembers files that were hashed since this journal was opened, in one transaction. Files that changed shortly
  /// before that, or since, are left out: they are hashed again next time.
  package func record(_ files: [(status: FileStatus, digests: ContentDigests)]) throws(StateError) {
    let trusted = files.filter { $0.status.changed < trustedUntil }
    if trusted.isEmpty { return }
    try reporting { () throws(SQLiteError) in
      try database.transaction { () throws(SQLiteError) in
        for (status, digests) in trusted {
          guard let md5 = digests.md5 else { continue }
          try insertion.run([
            .integer(Int64(bitPattern: status.device)), .integer(Int64(bitPattern: status.inode)),
            .integer(status.byteCount), .integer(status.modified), .integer(status.changed),
            .blob(digests.sha256.bytes), .blob(md5.bytes), digests.multipart.map { .text($0.description) } ?? .null,
          ])
        }
      }
    }
  }

  func reporting<Result>(_ body: () throws(SQLiteError) -> Result) throws(StateError) -> Result {
    do throws(SQLiteError) {
      return try body()
    } catch {
      throw .database(path, error)
    }
  }
}

private func nanosecondsNow() -> Int64 {
  var now = timespec()
  clock_gettime(CLOCK_REALTIME, &now)
  return Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)
}
