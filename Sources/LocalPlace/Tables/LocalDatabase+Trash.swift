internal import FoundationEssentials
internal import StorageFormats
internal import StorageModel
internal import StoragePlaces
internal import StorageSQLite

/// The trash: one entry for each object.
extension LocalDatabase {
  /// What the audit records.
  enum TrashAction: String {
    case trash, restore, revive, purge, purged, conversation

    fileprivate var detail: String {
      switch self {
      case .trash: "json_object('file', json(file), 'links', json(links))"
      case .revive, .purge: "file"
      case .restore, .purged, .conversation: "NULL"
      }
    }
  }

  static let entryColumns = """
    bucket, key, state, rule, run_id, trashed_at, file_id, continuation_id, file, links, waiting, size_bytes, sha256, \
    claimed_at, claim_run_id, purged_at
    """

  /// An entry as a document with the names of Supabase's table.
  static let entryDocument = """
    json_object('bucket', bucket, 'key', key, 'state', state, 'rule', rule, 'run_id', run_id, 'trashed_at', trashed_at,
      'file_id', file_id, 'file', json(file), 'links', json(links), 'continuation_id', continuation_id,
      'size_bytes', size_bytes, 'sha256', sha256, 'claimed_at', claimed_at, 'purged_at', purged_at)
    """

  func state(of object: ObjectAddress) throws(SQLiteError) -> TrashEntry.State? {
    try rows("SELECT state FROM trash WHERE bucket = ? AND key = ?", object.values) { row throws(SQLiteError) in
      guard let state = TrashEntry.State(rawValue: try row.text(0)) else {
        throw .damaged("an unknown state of an entry")
      }
      return state
    }.first
  }

  func entry(_ object: ObjectAddress) throws(SQLiteError) -> TrashEntry? {
    try entries("bucket = ? AND key = ?", object.values).first
  }

  func entries(_ condition: String, _ values: [SQLiteValue]) throws(SQLiteError) -> [TrashEntry] {
    try rows("SELECT \(Self.entryDocument) FROM trash WHERE \(condition) ORDER BY key, bucket", values) {
      row throws(SQLiteError) in try TrashEntry(row)
    }
  }

  func entries(
    matching query: TrashQuery, after last: TrashEntry?, limit: Int
  ) throws(SQLiteError) -> Page<TrashEntry> {
    var conditions = LocalConditions()
    conditions.add("state IN (SELECT value FROM json_each(?))", .list(query.states.map(\.rawValue)))
    if let run = query.run { conditions.add("run_id = ?", .text(run.columnText)) }
    if let id = query.continuationID { conditions.add("continuation_id = ?", .text(id)) }
    if let files = query.files {
      conditions.add("file_id IN (SELECT value FROM json_each(?))", .list(files.map(\.description)))
    }
    if let keys = query.keys { conditions.add("key IN (SELECT value FROM json_each(?))", .list(keys)) }
    let order = [
      LocalOrder(column: "trashed_at", content: .time), LocalOrder(column: "bucket"), LocalOrder(column: "key"),
    ]
    return try page(
      Self.entryDocument, from: "trash", where: conditions, order: order,
      after: last.map { [$0.trashedAt, $0.object.bucket, $0.object.key] }, limit: limit
    ) { row throws(SQLiteError) in try TrashEntry(row) }
  }

  // MARK: Changes

  func removeEntry(_ object: ObjectAddress) throws(SQLiteError) {
    var deletion = try database.prepare("DELETE FROM trash WHERE bucket = ? AND key = ?")
    try deletion.run(object.values)
  }

  /// Records what is being done with an entry, which is still there. `run` is nil for that of the entry itself.
  func record(
    _ action: TrashAction, of object: ObjectAddress, run: UUID? = nil, at time: Timestamp
  ) throws(SQLiteError) {
    var insertion = try database.prepare(
      """
      INSERT INTO audit (at, action, run_id, rule, bucket, key, file_id, sha256, size_bytes, detail)
      SELECT ?, ?, ifnull(?, run_id), rule, bucket, key, file_id, sha256, size_bytes, \(action.detail)
      FROM trash WHERE bucket = ? AND key = ?
      """)
    try insertion.run(
      [.text(time.columnText), .text(action.rawValue), SQLiteValue(run?.columnText)] + object.values)
  }

  // MARK: Storing again

  /// The first of the files that cannot be stored now, since the object on its path was deleted, or is being deleted and
  /// gone already. One that is still there stays once a row describes it: the deletion looks.
  func firstPurged(
    of files: [FileRow], contentsIn blobs: BlobDirectory
  ) throws(SQLiteError) -> (file: FileRow, state: TrashEntry.State)? {
    for file in files {
      let address = ObjectAddress(of: file)
      guard let state = try state(of: address), state != .trashed,
        try self.files(storagePaths: [file.storagePath]).isEmpty
      else { continue }
      if let object = try object(address.key, in: address.bucket),
        blobs.holds(object.sha256, byteCount: object.byteCount)
      {
        continue
      }
      return (file, state)
    }
    return nil
  }

  /// A row was stored on a path: if the path is in the trash, that ends here.
  func revive(_ file: FileRow, at time: Timestamp) throws(SQLiteError) {
    let address = ObjectAddress(of: file)
    if try state(of: address) == nil { return }
    try record(.revive, of: address, at: time)
    try removeEntry(address)
  }
}

extension ObjectAddress {
  init(of file: FileRow) {
    self.init(bucket: file.bucket, key: file.storagePath)
  }

  var values: [SQLiteValue] { [.text(bucket), .text(key)] }

  /// Each once, in the order in which candidates come.
  static func distinct(_ objects: [ObjectAddress]) -> [ObjectAddress] {
    Set(objects).sorted { ($0.key, $0.bucket) < ($1.key, $1.bucket) }
  }
}

extension TrashEntry {
  init(_ row: borrowing Statement) throws(SQLiteError) {
    do {
      self = try JSONDecoder().decode(TrashRow.self, from: Data(row.text(0).utf8)).entry
    } catch let error as SQLiteError {
      throw error
    } catch {
      throw .damaged("an entry of the trash that cannot be read")
    }
  }
}

extension SQLiteValue {
  /// For `json_each`.
  static func list(_ texts: [String]) -> SQLiteValue { .text(JSONValue.array(texts.map { .string($0) }).text) }
}

extension UUID {
  var columnText: String { uuidString.lowercased() }
}
