internal import FoundationEssentials
internal import StorageFormats
internal import StorageModel
internal import StorageSQLite

/// What the service holds of one conversation, as it was told at the start of a run: in a private database that lives
/// on disk when it grows and ends with the run, so memory stays the same for any number of files.
final class Inventory {
  private static let schema = Schema(
    applicationID: 0x73_75_70_69, version: 1,
    creation: """
      CREATE TABLE objects (key TEXT PRIMARY KEY, byte_count INTEGER, etag TEXT, modified INTEGER) WITHOUT ROWID;
      CREATE TABLE files (storage_path TEXT PRIMARY KEY, id TEXT NOT NULL, mime_type TEXT, metadata TEXT) WITHOUT ROWID;
      CREATE TABLE links (id TEXT PRIMARY KEY) WITHOUT ROWID;
      """)

  private let database: Database
  private var insertObject: Statement
  private var insertFile: Statement
  private var insertLink: Statement
  private var selectObject: Statement
  private var selectFile: Statement
  private var selectLink: Statement

  init() throws(StorageError) {
    do throws(SQLiteError) {
      database = try Database(.temporary, schema: Self.schema)
      insertObject = try database.prepare("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)")
      insertFile = try database.prepare("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)")
      insertLink = try database.prepare("INSERT OR IGNORE INTO links VALUES (?)")
      selectObject = try database.prepare("SELECT byte_count, etag, modified FROM objects WHERE key = ?")
      selectFile = try database.prepare("SELECT id, mime_type, metadata FROM files WHERE storage_path = ?")
      selectLink = try database.prepare("SELECT 1 FROM links WHERE id = ?")
    } catch {
      throw StorageError(inventory: error)
    }
  }

  func note(_ objects: [StoredObject]) throws(StorageError) {
    try transaction { () throws(SQLiteError) in
      for object in objects {
        try insertObject.run([
          .text(object.key), object.byteCount.map { .integer($0) } ?? .null, object.etag.map { .text($0) } ?? .null,
          object.modifiedAt.map { .integer($0.microseconds) } ?? .null,
        ])
      }
    }
  }

  /// Keeps the metadata of those rows only that `change` would change; without one of all.
  func note(_ rows: [FileRow], changedBy change: MetadataChange?) throws(StorageError) {
    try transaction { () throws(SQLiteError) in
      for row in rows {
        let isKept = change.map { $0.applied(to: row.metadata) != row.metadata } ?? true
        let metadata: String? = isKept ? row.metadata.text : nil
        try insertFile.run([
          .text(row.storagePath), .text(row.id.description), row.mediaType.map { .text($0) } ?? .null,
          metadata.map { .text($0) } ?? .null,
        ])
      }
    }
  }

  func note(linked ids: [FileID]) throws(StorageError) {
    try transaction { () throws(SQLiteError) in
      for id in ids { try insertLink.run([.text(id.description)]) }
    }
  }

  func forgetLinks() throws(StorageError) {
    try transaction { () throws(SQLiteError) in try database.execute("DELETE FROM links") }
  }

  func object(_ key: String) throws(StorageError) -> StoredObject? {
    try converting { () throws(SQLiteError) in
      try selectObject.bind([.text(key)])
      defer { selectObject.reset() }
      guard try selectObject.step() else { return nil }
      let byteCount: Int64? = if case .integer(let count) = selectObject.value(0) { count } else { nil }
      return StoredObject(
        key: key, byteCount: byteCount, etag: selectObject.value(1).text,
        modifiedAt: selectObject.value(2).integer.flatMap { Timestamp(microseconds: $0) })
    }
  }

  /// What is known of the row on a storage path.
  func file(onPath path: String) throws(StorageError) -> KnownRow? {
    try converting { () throws(SQLiteError) in
      try selectFile.bind([.text(path)])
      defer { selectFile.reset() }
      guard try selectFile.step(), let id = selectFile.value(0).text.flatMap({ FileID($0) }) else { return nil }
      return KnownRow(
        id: id, mediaType: selectFile.value(1).text,
        metadata: selectFile.value(2).text.flatMap { FileMetadata(text: $0) })
    }
  }

  struct KnownRow {
    var id: FileID
    var mediaType: String?
    /// Only when they are to be changed.
    var metadata: FileMetadata?
  }

  func isLinked(_ id: FileID) throws(StorageError) -> Bool {
    try converting { () throws(SQLiteError) in
      try selectLink.bind([.text(id.description)])
      defer { selectLink.reset() }
      return try selectLink.step()
    }
  }

  private func transaction(_ body: () throws(SQLiteError) -> Void) throws(StorageError) {
    try converting { () throws(SQLiteError) in try database.transaction(body) }
  }

  private func converting<Value>(_ body: () throws(SQLiteError) -> Value) throws(StorageError) -> Value {
    do throws(SQLiteError) {
      return try body()
    } catch {
      throw StorageError(inventory: error)
    }
  }
}

extension FileMetadata {
  fileprivate var text: String {
    var writer = JSONWriter()
    json.write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  fileprivate init?(text: String) {
    guard let json = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return nil }
    self.init(json)
  }
}

extension StorageError {
  fileprivate init(inventory error: SQLiteError) {
    self.init(
      .unwritable, "the temporary list of what the service holds failed: \(error)",
      hint: "make room in TMPDIR or point it to a disk with room")
  }
}
