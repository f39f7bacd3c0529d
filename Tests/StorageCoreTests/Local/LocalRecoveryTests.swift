import FoundationEssentials
import Glibc
import StorageDigests
import StorageModel
import StoragePlaces
import StorageSQLite
import TestSupport
import Testing

@testable import LocalPlace

/// The database of a local store, made again.
@Suite struct LocalRecoveryTests {
  private let store: RecoverableStore

  init() async throws {
    store = try await RecoverableStore()
  }

  enum Damage: CaseIterable, Sendable {
    case truncated, halved, zeroed, empty, noDatabase, missing

    func bytes(from whole: [UInt8]) -> [UInt8]? {
      switch self {
      case .truncated: whole.dropLast(100)
      case .halved: Array(whole.prefix(whole.count / 2))
      case .zeroed: [UInt8](repeating: 0, count: whole.count)
      case .empty: []
      case .noDatabase: Array(String(repeating: "text ", count: 2000).utf8)
      case .missing: nil
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func `every file is there again, and the old database is kept`(_ damage: Damage) async throws {
    let before = try await store.contents()
    let damaged = damage.bytes(from: try store.read(RecoverableStore.database))
    if let damaged {
      try store.directory.write(damaged, to: RecoverableStore.database)
    } else {
      try store.remove(RecoverableStore.database)
    }
    let planned = try await store.recover(dryRun: true)
    #expect(planned.status == .planned && planned.fileCount == before.files.count)
    #expect(try damaged == store.content(RecoverableStore.database))

    let recovery = try await store.recover()
    #expect(recovery.status == .recovered && recovery.lostFiles.isEmpty && recovery.damagedBlobs.isEmpty)
    #expect(recovery.fileCount == planned.fileCount && recovery.waitingCount == planned.waitingCount)
    let after = try await store.contents()
    #expect(after.files == before.files && after.objects == before.objects)
    #expect(after.firstLinks == before.firstLinks)
    #expect(try recovery.oldDatabase.map { try Array(Data(contentsOf: URL(filePath: "\($0)"))) } == damaged)
    #expect(try await store.findings().filter(\.isDamage).isEmpty)
    #expect(try await store.recover().status == .healthy)
  }

  @Test func `nothing of a whole database, of a foreign one and of a newer one is touched`() async throws {
    let whole = try store.read(RecoverableStore.database)
    #expect(try await store.recover().status == .healthy)
    #expect(try store.read(RecoverableStore.database) == whole)
    // The application id and the version stand in the header.
    for (range, bytes) in [(68..<72, [1, 2, 3, 4] as [UInt8]), (60..<64, [0, 0, 0, 9])] {
      var other = whole
      other.replaceSubrange(range, with: bytes)
      try store.directory.write(other, to: RecoverableStore.database)
      let error = await #expect(throws: StorageError.self) { try await store.recover() }
      #expect(error?.code == .damaged && error?.hint != nil)
      #expect(try store.read(RecoverableStore.database) == other)
      #expect(try store.oldDatabases().isEmpty)
    }
  }

  @Test func `whichever page is overwritten, no file is lost, and with a page of an index nothing`() async throws {
    let whole = try store.read(RecoverableStore.database)
    let before = try await store.contents()
    let indexPages = try await store.indexPages()
    #expect(indexPages.count > 10)
    for page in 1...(whole.count / RecoverableStore.pageSize) {
      try store.overwrite(page, of: whole)
      #expect(try await store.recover().status == .recovered, "page \(page)")
      let after = try await store.contents()
      #expect(after.files == before.files, "page \(page)")
      #expect(after.objects == before.objects, "page \(page)")
      #expect(after.firstLinks == before.firstLinks, "page \(page)")
      if indexPages.contains(page) { #expect(after == before, "page \(page)") }
      for name in try store.oldDatabases() { try store.remove("state/local/\(name)") }
    }
  }

  @Test func `titles, messages, parked items and projects survive where they can be read`() async throws {
    let before = try await store.contents()
    try await store.damage()
    let recovery = try await store.recover()
    #expect(recovery.wasSalvaged && recovery.skippedRowCount == 0)
    #expect(try await store.contents() == before)
    #expect(before.titles["c"] == "A title" && before.messages.count == 3)
    #expect(before.waiting.contains { $0.contains("|1|") })
  }

  @Test func `what is in the trash stays there where that can be read, and comes back where nobody knows`()
    async throws
  {
    let trash = LocalTrash(store: try store.open(for: "https://a"))
    _ = try await trash.trash([id(3), id(4)], linkedAtMost: nil, run: UUID())
    let object = ObjectAddress(bucket: "user-files", key: "uploads/first/4")
    _ = try await trash.claim([object], olderThan: .zero, run: UUID())
    try await LocalObjectStore(store: trash.store).delete([object.key], in: object.bucket)
    _ = try await trash.finish([object], run: UUID())
    let before = try await store.contents()
    let query = TrashQuery(states: Set(TrashEntry.State.allCases))
    let entries = try await trash.entries(matching: query, after: nil, limit: 9).elements
    #expect(entries.map(\.state) == [.trashed, .purged])
    try await store.damage()
    let recovery = try await store.recover()
    #expect(recovery.lostFiles.isEmpty && recovery.skippedRowCount == 0)
    #expect(try await store.contents() == before)
    let recovered = LocalTrash(store: try store.open(for: "https://a"))
    #expect(try await recovered.entries(matching: query, after: nil, limit: 9).elements == entries)
    let third = ObjectAddress(bucket: "user-files", key: "uploads/first/3")
    #expect(try await recovered.restore([third], run: UUID()).map(\.hasObject) == [true])
    _ = try await recovered.trash([id(3)], linkedAtMost: nil, run: UUID())
    try store.remove(RecoverableStore.database)
    #expect(try await store.recover().fileCount == RecoverableStore.fileCount)
    #expect(try await store.contents().files.contains { $0.hasPrefix(try id(3).description) })
  }

  @Test func `a file waits for the project it was queued for, and for no other`() async throws {
    try store.remove(RecoverableStore.database)
    _ = try await store.recover()
    let waiting = try await store.contents().waiting.filter { $0.contains("file") }
    let (ours, others) = (waiting.filter { $0.hasPrefix("https://a|") }, waiting.filter { $0.hasPrefix("https://b|") })
    #expect(ours.count == RecoverableStore.fileCount && others.count == 1)
    #expect(waiting.count == ours.count + others.count)
  }

  @Test func `the journal of a database that is gone is not taken for the new one's`() async throws {
    let before = try await store.contents()
    let path = Array(store.directory[RecoverableStore.database].utf8)
    let database = try Database(.file(path), schema: LocalDatabase.schema)
    try database.execute("PRAGMA cache_size=1; PRAGMA cache_spill=ON; BEGIN IMMEDIATE")
    try database.execute("UPDATE files SET original_name = hex(randomblob(2000))")
    let journal = try store.read("\(RecoverableStore.database)-journal")
    #expect(journal.count > 10_000)
    try database.execute("ROLLBACK")
    try store.remove(RecoverableStore.database)
    try store.directory.write(journal, to: "\(RecoverableStore.database)-journal")
    #expect(try await store.recover().status == .recovered)
    #expect(try await store.contents().files == before.files)
    #expect(try await store.findings().filter(\.isDamage).isEmpty)
  }

  @Test func `of a database of the first version everything waits again`() async throws {
    let before = try await store.contents()
    let path = Array(store.directory[RecoverableStore.database].utf8)
    let indexPage = try #require(try await store.indexPages().min())
    let database = try Database(.file(path), schema: LocalDatabase.schema)
    try database.execute(RecoverableStore.turnsIntoVersion2)
    try database.execute("DROP TABLE outbox; PRAGMA user_version=1")
    try store.overwrite(indexPage, of: store.read(RecoverableStore.database))
    #expect(try await store.recover().wasSalvaged)
    let after = try await store.contents()
    #expect(after.files == before.files && after.titles == before.titles && after.messages == before.messages)
    #expect(after.links == before.links)
    // Two conversations, and every file, later link and message; the conversation of files of two projects for both.
    #expect(after.waiting.count == 3 + RecoverableStore.fileCount + 1 + 2 + 3, "\(after.waiting.count)")
  }

  @Test func `a content with other bytes is left alone, and its file is lost`() async throws {
    let digests = try await store.digests()
    try store.directory.write("other".utf8, to: store.blob(digests[1]))
    try store.remove(store.blob(digests[2]))
    try store.directory.write("conten".utf8, to: store.blob(digests[3]))
    for isMissing in [false, true] {
      // With a database that names them, and without one.
      if isMissing {
        try store.remove(RecoverableStore.database)
      } else {
        try await store.damage()
      }
      let recovery = try await store.recover()
      #expect(Set(recovery.lostFiles.compactMap(\.sha256?.hex)) == Set(digests[1...3]))
      #expect(Set(recovery.damagedBlobs.compactMap(\.sha256?.hex)) == [digests[1], digests[3]])
      #expect(recovery.fileCount == RecoverableStore.fileCount + 1 - 3)
      #expect(try store.read(store.blob(digests[1])) == Array("other".utf8))
    }
  }

  @Test func `of lines with one id the last holds, of lines with one path the older, and half a line is nothing`()
    async throws
  {
    let digests = try await store.digests()
    let sidecar = store.blob(digests[0]) + ".json"
    let line = String(decoding: try store.read(sidecar), as: UTF8.self)
    let last = line.replacing("\"original_name\":\"n\"", with: "\"original_name\":\"last\"")
    #expect(last != line)
    // Another file that claims a path, later.
    let claim = line.replacing("00000001\"", with: "000000ff\"").replacing("\"2", with: "\"3")
    #expect(claim != line)
    try store.directory.write((line + last + claim + line.prefix(50)).utf8, to: sidecar)
    try store.remove(RecoverableStore.database)
    let recovery = try await store.recover()
    #expect(recovery.skippedLineCount == 1 && recovery.fileCount == RecoverableStore.fileCount + 1)
    let files = try await store.contents().files
    #expect(files.contains { $0.contains("|last|") } && !files.contains { $0.contains("000000ff") })
  }

  // MARK: Others

  @Test func `while somebody holds the lock it says who`() async throws {
    try store.remove(RecoverableStore.database)
    let lock = try LocalStore.lock(at: LocalPath(checked: Array(store.directory["state/local"].utf8)))
    let error = await #expect(throws: StorageError.self) { try await store.recover() }
    #expect(error?.code == .locked && error?.message.contains("process \(getpid())") == true)
    withExtendedLifetime(lock) {}
    #expect(!FileManager.default.fileExists(atPath: store.directory[RecoverableStore.database]))
  }

  @Test func `who writes into a database that was replaced is told`() async throws {
    let writer = try store.open(for: "")
    try store.directory.write(try store.read(RecoverableStore.database).dropLast(100), to: "copy")
    // Another file under its name, as a recovery makes it.
    try FileManager.default.removeItem(atPath: store.directory[RecoverableStore.database])
    try FileManager.default.moveItem(
      atPath: store.directory["copy"], toPath: store.directory[RecoverableStore.database])
    let rows = LocalFileRepository(store: writer)
    let error = await #expect(throws: StorageError.self) {
      _ = try await rows.createConversation(continuationID: "new", title: nil, metadata: [:])
    }
    #expect(error?.code == .locked && error?.isRetryable == true)
  }

  // MARK: Killed

  enum Killed: CaseIterable, Sendable {
    case whileFilling, afterKeepingTheOld, afterMovingTheJournal, afterLinkingTheNew

    func leave(in store: RecoverableStore) throws {
      let new = "state/local/.store-recovered.new"
      let old = store.directory["\(RecoverableStore.database).damaged-20260101T000000.000000Z"]
      let database = store.directory[RecoverableStore.database]
      try store.directory.write("half of it".utf8, to: new)
      try store.directory.write("journal".utf8, to: "\(new)-journal")
      switch self {
      case .whileFilling: break
      case .afterKeepingTheOld, .afterMovingTheJournal:
        try #require(link(database, old) == 0)
        if self == .afterMovingTheJournal { try #require(rename("\(database)-journal", "\(old)-journal") == 0) }
      case .afterLinkingTheNew:
        try store.remove(new)
        try #require(rename(database, old) == 0)
      }
    }
  }

  @Test(arguments: Killed.allCases)
  func `what a killed recovery left is finished by the next one`(_ killed: Killed) async throws {
    let before = try await store.contents()
    try await store.damage()
    try killed.leave(in: store)
    #expect(try await store.recover().status == .recovered)
    let after = try await store.contents()
    #expect(after.files == before.files)
    if killed != .afterLinkingTheNew { #expect(after == before) }
    #expect(try store.oldDatabases().filter { !$0.hasSuffix("-journal") }.count == 1)
    #expect(try await store.findings().filter { $0.isDamage || $0.kind == .leftover }.isEmpty)
  }

  @Test(arguments: [
    "UPDATE files SET metadata = 'not json'", "UPDATE files SET file_type = 'uses_upload'",
    "UPDATE files SET size_bytes = -5; UPDATE objects SET size_bytes = -5",
    "UPDATE files SET size_bytes = size_bytes + 1",
    "UPDATE files SET metadata = json_set(metadata, '$.sha256', '0000' || substr(metadata ->> '$.sha256', 5))",
  ])
  func `what a whole database says and cannot be true is taken from beside the blobs`(_ change: String) async throws {
    let before = try await store.contents()
    let local = try store.open(for: "")
    try await local.writing { tables throws(SQLiteError) in
      for statement in change.split(separator: ";") { try tables.database.execute(String(statement)) }
    }
    #expect(try await !store.findings().filter(\.isDamage).isEmpty)
    #expect(try await store.recover().status == .recovered)
    let after = try await store.contents()
    #expect(after.files == before.files && after.objects == before.objects)
    #expect(try await store.findings().filter(\.isDamage).isEmpty)
  }
}
