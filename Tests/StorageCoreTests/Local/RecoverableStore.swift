import FoundationEssentials
import StorageDigests
import StorageFormats
import StorageModel
import StoragePlaces
import StorageRunning
import StorageSQLite
import Synchronization
import TestSupport
import Testing

@testable import LocalPlace

/// A local store with files, conversations, messages, links and what waits, to be damaged.
struct RecoverableStore {
  static let database = "state/local/store.sqlite"
  /// Of the first project; a second one has one more.
  static let fileCount = 40

  let directory: TestSupport.TemporaryDirectory

  init() async throws {
    directory = try TemporaryDirectory()
    let store = try open(for: "https://a")
    for number in 1...Self.fileCount { try await put(number, into: store) }
    try await put(Self.fileCount + 1, into: open(for: "https://b"))
    let rows = LocalFileRepository(store: store)
    let conversation = try await rows.createConversation(
      continuationID: "c", title: "A title", metadata: ["k": .string("v")]
    ).conversation
    _ = try await rows.link([id(1), id(2)], to: conversation)
    for number in 1...3 {
      let message = Message(
        id: try id(100 + number).description, role: .user, content: String(repeating: "text ", count: 500 * number))
      _ = try await rows.insert(message, into: conversation)
    }
    try await store.writing { tables throws(SQLiteError) in
      let items = try tables.items(.file, for: "https://a", limit: 2)
      try tables.note([(items[0], StorageError(.rejected, "no"), true)])
      // This one is there already.
      try tables.remove([items[1]])
    }
  }

  private func put(_ number: Int, into store: LocalStore) async throws {
    let (objects, rows) = (LocalObjectStore(store: store), LocalFileRepository(store: store))
    let path = "uploads/first/\(number)"
    _ = try await objects.put(
      ObjectUpload(
        bucket: "user-files", key: path, mediaType: "text/plain", content: .bytes(Array("content \(number)".utf8)),
        metadata: []))
    let conversation = try await rows.createConversation(continuationID: "first", title: nil, metadata: [:])
    let content = Array("content \(number)".utf8)
    var file = try row(
      number, path: path,
      metadata: FileMetadata(sha256: SHA256Digest.of(content).hex, continuationID: "first"))
    file.byteCount = Int64(content.count)
    _ = try await rows.insert([file])
    _ = try await rows.link([file.id], to: conversation.conversation)
  }

  private var state: StateDirectory {
    get throws { try StateDirectory(at: LocalPath(checked: Array(directory["state"].utf8))) }
  }

  func open(for project: String) throws -> LocalStore {
    try LocalStore(at: LocalStore.place(in: state.path), for: project)
  }

  func recover(dryRun: Bool = false) async throws -> LocalRecovery {
    try await LocalStoreDirectory(in: state).recover(dryRun: dryRun)
  }

  /// - Parameter during: called for each finding, at the moment when it is made.
  func findings(
    quick: Bool = false, during: @escaping @Sendable (LocalFinding) -> Void = { _ in }
  ) async throws -> [LocalFinding] {
    let found = Findings()
    let check = try await LocalStoreDirectory(in: state).check(quick: quick) {
      found.add($0)
      during($0)
    }
    #expect(check.damageCount == found.all.filter(\.isDamage).count)
    #expect(check.harmlessCount == found.all.filter { !$0.isDamage }.count)
    return found.all
  }

  // MARK: Files

  func read(_ name: String) throws -> [UInt8] { try directory.read(name) }

  func content(_ name: String) throws -> [UInt8]? {
    FileManager.default.fileExists(atPath: directory[name]) ? try directory.read(name) : nil
  }

  func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: directory[name]) }

  func blob(_ sha256: String) -> String { "state/local/blobs/\(sha256.prefix(2))/\(sha256)" }

  func oldDatabases() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory["state/local"]).filter { $0.contains(".damaged-") }
  }

  // MARK: Damage

  /// What an earlier program would have made.
  static let turnsIntoVersion2 = """
    DROP TABLE trash; DROP TABLE audit; DROP INDEX objects_sha256; ALTER TABLE objects DROP COLUMN written_at;
    PRAGMA user_version=2
    """

  static let pageSize = 4096

  /// Overwrites a page of the database with noise, and the others with what they were in `whole`.
  func overwrite(_ page: Int, of whole: [UInt8]) throws {
    var noise = SystemRandomNumberGenerator()
    var bytes = whole
    // The header says whose it is: what has lost that is not read.
    let range = ((page - 1) * Self.pageSize + (page == 1 ? 100 : 0))..<page * Self.pageSize
    bytes.replaceSubrange(range, with: range.map { _ in UInt8.random(in: .min ... .max, using: &noise) })
    try directory.write(bytes, to: Self.database)
  }

  /// The first pages of all indexes.
  func indexPages() async throws -> Set<Int> {
    try await open(for: "").reading { tables throws(SQLiteError) in
      Set(
        try tables.rows("SELECT rootpage FROM sqlite_schema WHERE type = 'index'", []) { Int($0.integer(0)) })
    }
  }

  /// Damages the database so that all tables can still be read.
  func damage() async throws {
    let page = try #require(try await indexPages().min())
    try overwrite(page, of: read(Self.database))
  }

  // MARK: Rows

  struct Contents: Equatable {
    var files: [String] = []
    var objects: [String] = []
    var links: [String] = []
    var titles: [String: String] = [:]
    var messages: [String] = []
    /// Without the number that every change gets.
    var waiting: [String] = []

    var firstLinks: [String] { links.filter { $0.hasPrefix("first|") } }
  }

  func contents() async throws -> Contents {
    try await open(for: "").reading { tables throws(SQLiteError) in
      func lines(_ columns: String, _ source: String, _ order: String) throws(SQLiteError) -> [String] {
        let count = columns.split(separator: ",").count
        return try tables.rows("SELECT \(columns) FROM \(source) ORDER BY \(order)", []) { row in
          (0..<count).map { row.value($0).text ?? row.value($0).integer.map(String.init) ?? "" }.joined(separator: "|")
        }
      }
      var contents = Contents()
      contents.files = try lines(LocalDatabase.fileColumns, "files", "id")
      contents.objects = try lines("bucket, key, sha256, size_bytes, etag", "objects", "bucket, key")
      contents.links = try lines(
        "continuation_id, file_id",
        "conversation_files JOIN conversations ON conversations.id = conversation_id", "1, 2")
      contents.messages = try lines("id, role, content, created_at", "messages", "id")
      contents.waiting = try lines(
        "project, kind, is_parked, attempts, error, file_id, continuation_id, message_id", "outbox", "1, 2, 6, 7, 8")
      for pair in try lines("continuation_id, title", "conversations", "1") {
        let parts = pair.split(separator: "|")
        contents.titles[String(parts[0])] = parts.count > 1 ? String(parts[1]) : ""
      }
      return contents
    }
  }

  /// Of the files in the order of their numbers.
  func digests() async throws -> [String] {
    try await open(for: "").reading { tables throws(SQLiteError) in
      try tables.rows("SELECT sha256 FROM objects JOIN files ON storage_path = key ORDER BY files.id", []) {
        row throws(SQLiteError) in try row.text(0)
      }
    }
  }
}

final class Findings: Sendable {
  private let state = Mutex<[LocalFinding]>([])

  func add(_ finding: LocalFinding) { state.withLock { $0.append(finding) } }
  var all: [LocalFinding] { state.withLock { $0 } }
}
