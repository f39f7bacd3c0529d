internal import Glibc
internal import StorageFiles
internal import StorageModel
internal import StoragePlaces
internal import StorageRunning
package import StorageSQLite

/// The tables of the local store, open. One connection, owned by one actor; it blocks, but not for long.
///
/// The format is written down in docs/local-store.md.
package final class LocalDatabase {
  /// What looking at the tables and changing them fails with.
  package typealias Failure = SQLiteError

  static let fileName = "store.sqlite"

  /// "SUPL"
  static let schema = Schema(
    applicationID: 0x5355_504c, version: 3,
    creation: """
      CREATE TABLE buckets (name TEXT PRIMARY KEY NOT NULL, is_public INTEGER NOT NULL, byte_limit INTEGER) STRICT;
      CREATE TABLE objects (\(objectDefinition)) STRICT, WITHOUT ROWID;
      CREATE TABLE conversations (
        id TEXT PRIMARY KEY NOT NULL, continuation_id TEXT NOT NULL UNIQUE, title TEXT, metadata TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL) STRICT;
      CREATE INDEX conversations_created_at ON conversations (created_at, id);
      CREATE TABLE messages (
        id TEXT PRIMARY KEY NOT NULL, conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        role TEXT NOT NULL, content TEXT NOT NULL, metadata TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
      CREATE INDEX messages_conversation ON messages (conversation_id, created_at, id);
      CREATE TABLE files (
        id TEXT PRIMARY KEY NOT NULL, storage_path TEXT NOT NULL UNIQUE, original_name TEXT NOT NULL, mime_type TEXT,
        size_bytes INTEGER, file_type TEXT NOT NULL, metadata TEXT NOT NULL, created_at TEXT NOT NULL) STRICT;
      CREATE INDEX files_created_at ON files (created_at, id);
      CREATE TABLE conversation_files (
        conversation_id TEXT NOT NULL REFERENCES conversations ON DELETE CASCADE,
        file_id TEXT NOT NULL REFERENCES files ON DELETE CASCADE, added_at TEXT NOT NULL,
        PRIMARY KEY (conversation_id, file_id)) STRICT, WITHOUT ROWID;
      CREATE INDEX conversation_files_file ON conversation_files (file_id);
      """ + outbox + trash,
    upgrades: [
      1: outbox + """
        INSERT INTO outbox (project, kind, continuation_id, created_at)
          SELECT '', 'conversation', continuation_id, created_at FROM conversations ORDER BY created_at;
        INSERT INTO outbox (project, kind, file_id, created_at)
          SELECT '', 'file', id, created_at FROM files ORDER BY created_at;
        INSERT INTO outbox (project, kind, file_id, continuation_id, created_at)
          SELECT '', 'link', files.id, continuation_id, added_at
          FROM conversation_files JOIN conversations ON conversations.id = conversation_id JOIN files ON files.id = file_id
          WHERE continuation_id IS NOT json_extract(files.metadata, '$.continuation_id');
        INSERT INTO outbox (project, kind, message_id, created_at)
          SELECT '', 'message', id, created_at FROM messages ORDER BY created_at;
        """,
      2: objectTimes + trash,
    ])

  /// Nobody knows when objects were written; as of now they are nothing that was left behind long ago.
  private static let objectTimes = """
    CREATE TABLE objects_3 (\(objectDefinition)) STRICT, WITHOUT ROWID;
    INSERT INTO objects_3 SELECT bucket, key, sha256, size_bytes, etag, version,
      strftime('%Y-%m-%dT%H:%M:%f000+00:00', 'now') FROM objects;
    DROP TABLE objects;
    ALTER TABLE objects_3 RENAME TO objects;
    """

  private static let objectDefinition = """
    bucket TEXT NOT NULL REFERENCES buckets, key TEXT NOT NULL, sha256 TEXT NOT NULL, size_bytes INTEGER NOT NULL,
    etag TEXT NOT NULL, version TEXT NOT NULL, written_at TEXT NOT NULL, PRIMARY KEY (bucket, key)
    """

  private static let outbox = """

    CREATE TABLE outbox (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, project TEXT NOT NULL, kind TEXT NOT NULL,
      file_id TEXT REFERENCES files ON DELETE CASCADE,
      continuation_id TEXT REFERENCES conversations (continuation_id) ON DELETE CASCADE,
      message_id TEXT REFERENCES messages ON DELETE CASCADE,
      is_parked INTEGER NOT NULL DEFAULT 0, attempts INTEGER NOT NULL DEFAULT 0, error TEXT, created_at TEXT NOT NULL
      ) STRICT;
    CREATE UNIQUE INDEX outbox_change ON outbox (
      kind, ifnull(file_id, ''), ifnull(continuation_id, ''), ifnull(message_id, ''), project);
    CREATE INDEX outbox_file ON outbox (file_id);
    CREATE INDEX outbox_continuation_id ON outbox (continuation_id);
    CREATE INDEX outbox_message ON outbox (message_id);

    """

  private static let trash = """

    CREATE INDEX objects_sha256 ON objects (sha256);
    CREATE TABLE trash (
      bucket TEXT NOT NULL, key TEXT NOT NULL,
      state TEXT NOT NULL CHECK (state IN ('trashed', 'purging', 'purged')), rule TEXT NOT NULL,
      run_id TEXT NOT NULL, trashed_at TEXT NOT NULL, file_id TEXT, file TEXT, links TEXT NOT NULL, waiting TEXT NOT NULL,
      continuation_id TEXT, size_bytes INTEGER, sha256 TEXT, claimed_at TEXT, claim_run_id TEXT, purged_at TEXT,
      PRIMARY KEY (bucket, key)) STRICT;
    CREATE INDEX trash_order ON trash (trashed_at, bucket, key);
    CREATE INDEX trash_file ON trash (file_id);
    CREATE INDEX trash_run ON trash (run_id);
    CREATE INDEX trash_key ON trash (key);
    CREATE TABLE audit (
      seq INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, action TEXT NOT NULL, run_id TEXT, rule TEXT, bucket TEXT,
      key TEXT, file_id TEXT, sha256 TEXT, size_bytes INTEGER, detail TEXT) STRICT;
    CREATE INDEX audit_run ON audit (run_id);

    """

  let database: Database

  init(_ database: Database) {
    self.database = database
  }

  /// Opens the database in `directory`, which is there, and looks it through.
  init(in directory: TargetDirectory) throws(SQLiteError) {
    database = try Database(
      .file(directory.path.appending(LocalPath(checked: Array(Self.fileName.utf8))).bytes), schema: Self.schema,
      durability: .extra, creates: false)
    try database.check()
  }

  /// Makes the database in `directory`, unless another process does so meanwhile. It gets its name when it is whole, so
  /// an empty file of that name is never a beginning.
  static func make(in directory: TargetDirectory) throws {
    let name = ".store-\(String(UInt64.random(in: .min ... .max), radix: 36)).new"
    let path = directory.path.appending(LocalPath(checked: Array(name.utf8)))
    let base = directory.descriptor.number
    // SQLite would make it readable for everybody.
    _ = FileDescriptor(
      owning: try retrying(.create, path) { openat(base, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) })
    defer {
      unlinkat(base, name, 0)
      unlinkat(base, "\(name)-journal", 0)
    }
    try fill(Database(.file(path.bytes), schema: schema, durability: .extra))
    CrashPoint.databaseFilled.reached()
    let code = renameToFreeName(base, name, base, fileName)
    guard code == 0 || code == EEXIST else {
      throw FileError.failed(.create, directory.path.appending(LocalPath(checked: Array(fileName.utf8))), code: code)
    }
    CrashPoint.databaseNamed.reached()
    try directory.sync()
  }

  static func fill(_ database: Database) throws(SQLiteError) {
    var insertion = try database.prepare(
      "INSERT INTO buckets (name, is_public, byte_limit) VALUES (?, 0, ?) ON CONFLICT DO NOTHING")
    for bucket in Bucket.allCases { try insertion.run([.text(bucket.name), .integer(bucket.fileSizeLimit)]) }
  }

  // MARK: Reading

  /// All rows of a query.
  func rows<Element>(
    _ sql: String, _ values: [SQLiteValue], _ read: (borrowing Statement) throws(SQLiteError) -> Element
  ) throws(SQLiteError) -> [Element] {
    var statement = try database.prepare(sql)
    try statement.bind(values)
    var elements: [Element] = []
    while try statement.step() { elements.append(try read(statement)) }
    return elements
  }

  /// How many rows of a table hold to `conditions`.
  func count(_ table: String, where conditions: LocalConditions) throws(SQLiteError) -> Int {
    let counts = try rows("SELECT count(*) FROM \(table)\(conditions.clause)", conditions.values) { row in
      Int(row.integer(0))
    }
    return counts.first ?? 0
  }

  /// The rows that follow the one with these values in `order`.
  func page<Element>(
    _ columns: String, from table: String, where conditions: LocalConditions, order: [LocalOrder],
    after values: [String?]?, limit: Int, _ read: (borrowing Statement) throws(SQLiteError) -> Element
  ) throws(SQLiteError) -> Page<Element> {
    var conditions = conditions
    if let values { conditions.add(after: values, in: order) }
    let elements = try rows(
      """
      SELECT \(columns) FROM \(table)\(conditions.clause)
      ORDER BY \(order.map(\.term).joined(separator: ", ")) LIMIT ?
      """,
      conditions.values + [.integer(Int64(limit))], read)
    let total = elements.count < limit ? elements.count : try count(table, where: conditions)
    return Page(elements, followingCount: total - elements.count)
  }
}
