import FoundationEssentials
import StorageSQLite
import TestSupport

/// What must hold of a local store at any moment, whatever was killed, and of the project that it is sent to.
struct StoreInvariants {
  enum Kind: String, CaseIterable, Sendable {
    /// SQLite finds the database contradicting itself.
    case integrity
    /// A blob is missing, or holds other bytes than its name and its objects say.
    case blob
    /// A file has no object.
    case object
    /// A file has no line beside its blob.
    case sidecar
    /// What waits does not exist.
    case outbox
    /// A file that was said to be stored or queued is not here.
    case accepted
    /// What does not wait for the project is not there, or there is another one.
    case arrived
    /// Something is there twice.
    case twice
    /// What is in the trash cannot come back, or is not only there.
    case trash
  }

  struct Violation: Equatable, CustomStringConvertible {
    let kind: Kind
    let subject: String
    var description: String { "\(kind): \(subject)" }
  }

  let stateDirectory: String
  /// Nil for a store that was never sent to anybody.
  var project: StandInInstance?

  private var root: String { "\(stateDirectory)/local" }

  /// - Parameter accepted: the ids of the files of which a run said that it keeps them. One that was deleted since is in
  ///   the trash, or was.
  func violations(accepted: Set<String>) throws -> [Violation] {
    let blobs = try blobNames()
    guard FileManager.default.fileExists(atPath: "\(root)/store.sqlite") else {
      let reasons = blobs.isEmpty ? [] : [Violation(kind: .integrity, subject: "blobs and no database")]
      return reasons + accepted.map { Violation(kind: .accepted, subject: $0) }
    }
    let store = try StoreTables(at: "\(root)/store.sqlite")
    var found: [Violation] = []
    func note(_ kind: Kind, _ subjects: some Sequence<String>) {
      found += subjects.map { Violation(kind: kind, subject: $0) }
    }
    note(.integrity, try store.column("PRAGMA integrity_check").filter { $0 != "ok" })
    note(.integrity, try store.column("PRAGMA foreign_key_check"))
    note(.blob, try blobs.filter { try sha256(bytes("blobs/\($0.prefix(2))/\($0)")) != $0 })
    let objects = try store.rows("SELECT objects.sha256, objects.size_bytes FROM objects \(Self.keepingContents)", 2)
    note(.blob, try objects.filter { try !blobs.contains($0[0]) || byteCount($0[0]) != $0[1] }.map { $0[0] })
    note(
      .object,
      try store.column(
        """
        SELECT id FROM files LEFT JOIN objects ON key = storage_path
        WHERE objects.size_bytes IS NOT files.size_bytes OR sha256 IS NOT json_extract(metadata, '$.sha256')
        """))
    for row in try store.rows("SELECT id, sha256 FROM files JOIN objects ON key = storage_path", 2) {
      if try !sidecar(row[1]).contains(row[0]) { note(.sidecar, [row[0]]) }
    }
    note(.outbox, try store.column(Self.pointless))
    let known = try store.column("SELECT id FROM files UNION SELECT file_id FROM trash WHERE file_id IS NOT NULL")
    note(.accepted, accepted.subtracting(known))
    note(.trash, try store.column(Self.unrestorable))
    note(.twice, try store.column(Self.repeated))
    if let project {
      note(.arrived, try missing(from: project, store))
      for sql in Self.repeatedThere { note(.twice, try project.query(sql).compactMap(\.first).map { $0 ?? "" }) }
    }
    return found
  }

  // MARK: Files

  private func blobNames() throws -> Set<String> {
    let names = (try? FileManager.default.subpathsOfDirectory(atPath: "\(root)/blobs")) ?? []
    return Set(
      names.map { String($0.suffix(64)) }.filter { $0.count == 64 && !$0.contains(where: { "./".contains($0) }) })
  }

  private func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: "\(root)/\(name)"))) }

  private func byteCount(_ blob: String) throws -> String { String(try bytes("blobs/\(blob.prefix(2))/\(blob)").count) }

  /// The ids of the files that have a line beside a blob.
  private func sidecar(_ blob: String) throws -> Set<String> {
    guard let text = try? bytes("blobs/\(blob.prefix(2))/\(blob).json") else { return [] }
    let lines = String(decoding: text, as: UTF8.self).split(separator: "\n")
    return Set(lines.compactMap { (try? JSONValue(line: $0))?["id"]?.string })
  }

  // MARK: Tables

  /// What waits and lacks its subject.
  private static let pointless = """
    SELECT outbox.seq FROM outbox LEFT JOIN files ON files.id = file_id
    LEFT JOIN conversations USING (continuation_id) LEFT JOIN messages ON messages.id = message_id
    WHERE (kind IN ('file', 'link', 'unlink') AND files.id IS NULL) OR (kind = 'message' AND messages.id IS NULL)
    OR (kind IN ('conversation', 'link', 'unlink') AND conversations.id IS NULL)
    """
  /// Of an object that is being deleted the content goes first.
  private static let keepingContents = """
    LEFT JOIN trash USING (bucket, key) WHERE state IS NULL OR state = 'trashed'
    """
  /// Entries whose object or audit is not there, objects and rows that should not be, purges that nobody recorded.
  private static let unrestorable = """
    SELECT 'no object for ' || key FROM trash LEFT JOIN objects USING (bucket, key)
      WHERE state = 'trashed' AND objects.sha256 IS NULL
    UNION ALL SELECT 'another content for ' || key FROM trash JOIN objects USING (bucket, key)
      WHERE state = 'trashed' AND trash.sha256 <> objects.sha256
    UNION ALL SELECT 'a row and an entry for ' || key FROM trash JOIN files ON storage_path = key
    UNION ALL SELECT 'no record of ' || key FROM trash WHERE NOT EXISTS (
      SELECT 1 FROM audit WHERE audit.key = trash.key AND action = iif(state = 'trashed', 'trash', 'purge'))
    """
  private static let repeated = """
    SELECT original_name FROM files
    GROUP BY original_name, json_extract(metadata, '$.sha256'), json_extract(metadata, '$.continuation_id')
    HAVING count(*) > 1
    UNION ALL SELECT continuation_id FROM conversations GROUP BY continuation_id HAVING count(*) > 1
    UNION ALL SELECT content FROM messages GROUP BY conversation_id, content HAVING count(*) > 1
    UNION ALL SELECT kind FROM outbox GROUP BY kind, file_id, continuation_id, message_id, project HAVING count(*) > 1
    """
  private static let repeatedThere = [
    """
    select original_name from files
    group by original_name, metadata->>'sha256', metadata->>'continuation_id' having count(*) > 1
    """,
    "select name from storage.objects group by bucket_id, name having count(*) > 1",
    "select continuation_id from conversations group by continuation_id having count(*) > 1",
    "select content from messages group by conversation_id, content having count(*) > 1",
    "select file_id from conversation_files group by conversation_id, file_id having count(*) > 1",
  ]

  /// What waits neither for this project nor for any, and is not there as it is here.
  private func missing(from project: StandInInstance, _ store: StoreTables) throws -> [String] {
    func waits(_ kind: String, _ columns: String...) throws -> Set<[String]> {
      let list = columns.joined(separator: ", ")
      return try here(
        "SELECT \(list) FROM outbox WHERE project IN ('', '\(project.url)') AND kind = '\(kind)'", columns.count)
    }
    func here(_ sql: String, _ columns: Int) throws -> Set<[String]> { Set(try store.rows(sql, columns)) }
    func there(_ sql: String) throws -> Set<[String]> { Set(try project.query(sql).map { $0.map { $0 ?? "" } }) }
    var missing: [String] = []

    let waiting = try Set(waits("file", "file_id").map { $0[0] })
    let settled = try Set(store.column("SELECT id FROM files")).subtracting(waiting)
    let files = try here(Self.filesHere, 4).filter { settled.contains($0[0]) }
    missing += try files.subtracting(there(Self.filesThere)).map { "file \($0)" }
    let metadata = try Dictionary(there(Self.metadata).map { ($0[0], $0[1]) }) { first, _ in first }
    for row in try here(Self.metadata, 2) where settled.contains(row[0]) {
      guard let other = metadata[row[0]], try JSONValue(line: other) != JSONValue(line: row[1]) else { continue }
      missing.append("metadata of \(row[0])")
    }

    let (linksHere, linksThere) = (try here(Self.links, 2), try there(Self.links))
    let unsent = try linksHere.subtracting(linksThere).subtracting(waits("link", "file_id", "continuation_id"))
    missing += unsent.filter { settled.contains($0[0]) }.map { "link \($0)" }
    let left = try linksThere.subtracting(linksHere).subtracting(waits("unlink", "file_id", "continuation_id"))
    missing += left.filter { settled.contains($0[0]) }.map { "unlink \($0)" }

    let conversations = "SELECT continuation_id FROM conversations"
    missing += try here(conversations, 1).subtracting(there(conversations))
      .subtracting(waits("conversation", "continuation_id")).map { "conversation \($0)" }
    let messages = "SELECT id FROM messages"
    missing += try here(messages, 1).subtracting(there(messages)).subtracting(waits("message", "message_id"))
      .map { "message \($0)" }
    return missing
  }

  private static let filesHere = """
    SELECT files.id, storage_path, files.size_bytes, etag FROM files JOIN objects ON key = storage_path
    """
  private static let filesThere = """
    select f.id::text, name, o.metadata->>'size', trim(o.metadata->>'eTag', '"') from files f
    join storage.objects o on name = storage_path where size_bytes = (o.metadata->>'size')::bigint
    """
  private static let metadata = "SELECT id, metadata FROM files"
  private static let links = """
    SELECT file_id, continuation_id FROM conversation_files JOIN conversations ON conversations.id = conversation_id
    """
}

/// The database of a local store, read by itself.
struct StoreTables {
  private let database: Database

  init(at path: String) throws {
    database = try Database(
      .file(Array(path.utf8)), schema: Schema(applicationID: 0x5355_504c, version: 3, creation: ""), creates: false)
  }

  func execute(_ sql: String) throws { try database.execute(sql) }

  /// All rows, the values of so many columns as text.
  func rows(_ sql: String, _ columnCount: Int) throws -> [[String]] {
    var statement = try database.prepare(sql)
    var rows: [[String]] = []
    while try statement.step() {
      rows.append(
        (0..<columnCount).map { column in
          switch statement.value(column) {
          case .text(let text): text
          case .integer(let number): String(number)
          case .null, .blob: ""
          }
        })
    }
    return rows
  }

  func column(_ sql: String) throws -> [String] { try rows(sql, 1).map { $0[0] } }
}
