import FoundationEssentials
import StorageDigests
import StorageModel
import StoragePlaces
import StorageRunning
import StorageSQLite
import TestSupport
import Testing

@testable import LocalPlace

/// What is particular to the trash of the local store.
@Suite struct LocalTrashTests {
  private let directory: TestSupport.TemporaryDirectory
  private let run = UUID()

  init() throws {
    directory = try TestSupport.TemporaryDirectory()
  }

  private func open(for project: String = "") throws -> LocalStore {
    let state = try StateDirectory(at: LocalPath(checked: Array(directory["state"].utf8)))
    return try LocalStore(at: LocalStore.place(in: state.path), for: project)
  }

  /// The row of a file with the standard content.
  private func row(_ number: Int) throws -> FileRow { try StorageCoreTests.row(number, byteCount: 7) }

  private func put(_ number: Int, _ content: String = "content", into store: LocalStore) async throws {
    _ = try await LocalObjectStore(store: store).put(
      ObjectUpload(
        bucket: "user-files", key: "uploads/c/\(number)", mediaType: "text/plain", content: .bytes(Array(content.utf8)),
        metadata: []))
  }

  private func findings() async throws -> [LocalFinding.Kind] {
    let state = try StateDirectory(at: LocalPath(checked: Array(directory["state"].utf8)))
    let found = Findings()
    _ = try await LocalStoreDirectory(in: state).check { found.add($0) }
    return found.all.map(\.kind)
  }

  private func blobNames(of content: String = "content") throws -> [String] {
    let digest = try SHA256Digest.of(Array(content.utf8)).hex
    let folder = directory["state/local/blobs/\(digest.prefix(2))"]
    return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasPrefix(digest) }
  }

  // MARK: The outbox

  private func waiting(_ store: LocalStore) async throws -> [String] {
    try await store.reading { tables throws(SQLiteError) in
      try tables.rows(
        """
        SELECT project || '|' || kind || '|' || ifnull(file_id, '') || '|' || ifnull(continuation_id, '') || '|'
          || is_parked || '|' || attempts || '|' || ifnull(error, '') || '|' || created_at FROM outbox ORDER BY seq
        """, []
      ) { row throws(SQLiteError) in try row.text(0) }
    }
  }

  @Test func `a deleted file is not sent, and one that comes back waits for what it had waited for`() async throws {
    let (store, other) = (try open(for: "https://a"), try open(for: "https://b"))
    let rows = LocalFileRepository(store: store)
    _ = try await rows.insert([row(1), row(2)])
    _ = try await LocalFileRepository(store: other).insert([row(3)])
    let conversations = try await ["d", "e"].asyncMap {
      try await rows.createConversation(continuationID: $0, title: nil, metadata: [:]).conversation
    }
    for conversation in conversations { _ = try await rows.link([id(1)], to: conversation) }
    _ = try await rows.unlink([id(1)], from: conversations[1])
    try await store.writing { tables throws(SQLiteError) in
      let items = try tables.items(.file, for: "https://a", limit: 9)
      try tables.enqueue([items[0].change], for: "https://b", at: Timestamp.now)
      try tables.note([(items[0], StorageError(.tooLarge, "too large", hint: "h"), true)])
      // This one was sent.
      try tables.remove([items[1]])
    }
    let before = try await waiting(store)
    #expect(before.count == 7)
    let trash = LocalTrash(store: store)
    let entries = try await trash.trash([id(1), id(2), id(3)], linkedAtMost: nil, run: run)
    #expect(entries.count == 3)
    #expect(try await waiting(store).allSatisfy { $0.contains("conversation") })
    _ = try await trash.restore(entries.map(\.object), run: run)
    #expect(try await waiting(store).sorted() == before.sorted())
    // A link to a conversation that is gone does not wait.
    _ = try await trash.trash([id(1)], linkedAtMost: nil, run: run)
    _ = try await trash.delete(conversations[0], run: run)
    _ = try await trash.restore([.numbered(1)], run: run)
    #expect(try await waiting(store).count { $0.contains("|link|") } == 0)
    #expect(try await waiting(store).count { $0.contains("|unlink|") } == 1)
  }

  // MARK: Contents

  @Test func `a content goes with its last object, and no step on the way is damage`() async throws {
    let store = try open()
    let (rows, objects, trash) = (
      LocalFileRepository(store: store), LocalObjectStore(store: store), LocalTrash(store: store)
    )
    for number in [1, 2] {
      try await put(number, into: store)
      _ = try await rows.insert([row(number)])
    }
    #expect(try blobNames().count == 2)
    for number in [1, 2] {
      _ = try await trash.trash([id(number)], linkedAtMost: nil, run: run)
      #expect(try await findings() == [])
      // What is in the trash is not deleted, whoever asks.
      try await objects.delete(["uploads/c/1", "uploads/c/2"], in: "user-files")
      #expect(try blobNames().count == 2)
      _ = try await trash.claim([.numbered(number)], olderThan: .zero, run: run)
      #expect(try await findings() == [])
      try await objects.delete(["uploads/c/\(number)"], in: "user-files")
      #expect(try await findings() == [])
      #expect(try blobNames().count == (number == 1 ? 2 : 0))
      #expect(try await trash.finish([.numbered(number)], run: run) == [.numbered(number)])
      #expect(try await findings() == [])
    }
  }

  @Test func `a purge that was killed over a content is no damage and comes to its end`() async throws {
    let store = try open()
    try await put(1, into: store)
    _ = try await LocalFileRepository(store: store).insert([row(1)])
    let (objects, trash) = (LocalObjectStore(store: store), LocalTrash(store: store))
    _ = try await trash.trash([id(1)], linkedAtMost: nil, run: run)
    _ = try await trash.claim([.numbered(1)], olderThan: .zero, run: run)
    // The blob is gone, the transaction was undone.
    try store.blobs.remove([SHA256Digest.of(Array("content".utf8))])
    #expect(try await findings() == [])
    #expect(try await trash.restore([.numbered(1)], run: run).map(\.result) == [.purging])
    #expect(try await trash.finish([.numbered(1)], run: run) == [])
    try await objects.delete(["uploads/c/1"], in: "user-files")
    #expect(try await trash.finish([.numbered(1)], run: run) == [.numbered(1)])
    #expect(try await findings() == [])
  }

  // MARK: Stored again during a purge

  enum Step: CaseIterable, Sendable {
    case claim, delete, finish, put, insert
  }

  /// All orders that keep those of the purge and of the storing.
  private static let orders: [[Step]] = {
    func merge(_ left: [Step], _ right: [Step]) -> [[Step]] {
      guard let first = left.first, let other = right.first else { return [left + right] }
      return merge(Array(left.dropFirst()), right).map { [first] + $0 }
        + merge(left, Array(right.dropFirst())).map { [other] + $0 }
    }
    return merge([.claim, .delete, .finish], [.put, .insert])
  }()

  @Test(arguments: orders, [false, true])
  func `a file that is stored again is there with its object, whatever a purge does meanwhile`(
    _ steps: [Step], _ isKilled: Bool
  ) async throws {
    let (storer, purger) = (try open(), try open())
    let rows = LocalFileRepository(store: storer)
    let (objects, trash) = (LocalObjectStore(store: purger), LocalTrash(store: purger))
    try await put(1, into: storer)
    _ = try await rows.insert([row(1)])
    _ = try await trash.trash([id(1)], linkedAtMost: nil, run: run)
    var isStored = false
    for step in steps {
      switch step {
      case .claim: _ = try await trash.claim([.numbered(1)], olderThan: .zero, run: run)
      case .delete: try await objects.delete(["uploads/c/1"], in: "user-files")
      case .finish: _ = try await trash.finish([.numbered(1)], run: run)
      case .put: try await put(1, into: storer)
      // A storer that is killed before the row is followed by another one, below.
      case .insert where isKilled: break
      case .insert: isStored = try await insert(rows, storer)
      }
      if isStored { #expect(try await objects.object("uploads/c/1", in: "user-files") != nil, "\(step)") }
    }
    if isKilled {
      try await put(1, into: storer)
      isStored = try await insert(rows, storer)
      try await objects.delete(["uploads/c/1"], in: "user-files")
    }
    #expect(isStored)
    #expect(try await objects.object("uploads/c/1", in: "user-files")?.byteCount == 7)
    #expect(try await trash.entries(matching: TrashQuery(), after: nil, limit: 9).elements == [])
    #expect(try await findings() == [])
  }

  /// Inserts the row, once more after its object was stored again.
  private func insert(_ rows: LocalFileRepository, _ store: LocalStore) async throws -> Bool {
    for _ in 0..<3 {
      do {
        return try await rows.insert([row(1)]) == [id(1)]
      } catch let error as StorageError where error.code == .purging {
        try await put(1, into: store)
      }
    }
    return false
  }

  @Test func `a row is taken beside a purge that has not come to its object, which then stays`() async throws {
    let store = try open()
    let (rows, objects, trash) = (
      LocalFileRepository(store: store), LocalObjectStore(store: store), LocalTrash(store: store)
    )
    try await put(1, into: store)
    _ = try await rows.insert([row(1)])
    _ = try await trash.trash([id(1)], linkedAtMost: nil, run: run)
    _ = try await trash.claim([.numbered(1)], olderThan: .zero, run: run)
    #expect(try await rows.insert([row(1)]) == [id(1)])
    try await objects.delete(["uploads/c/1"], in: "user-files")
    #expect(try await !objects.isGone("uploads/c/1", in: "user-files"))
    #expect(try await trash.finish([.numbered(1)], run: run) == [])
    // A deletion that comes after the end finds an object that is somebody's.
    _ = try await trash.trash([id(1)], linkedAtMost: nil, run: run)
    _ = try await trash.claim([.numbered(1)], olderThan: .zero, run: run)
    try await objects.delete(["uploads/c/1"], in: "user-files")
    _ = try await trash.finish([.numbered(1)], run: run)
    try await put(1, into: store)
    try await objects.delete(["uploads/c/1"], in: "user-files")
    #expect(try await rows.insert([row(1)]) == [id(1)])
  }

  /// Several connections at once, as those of several processes: what was said to be stored is there.
  @Test(.timeLimit(.minutes(2))) func `storers and purgers at once lose nothing`() async throws {
    _ = try open()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 1...3 {
        group.addTask {
          let store = try open()
          let (rows, objects) = (LocalFileRepository(store: store), LocalObjectStore(store: store))
          for _ in 0..<15 {
            // All have one content, so each purge may be of the last object that names it.
            var isStored = false
            while !isStored {
              try await put(number, into: store)
              do {
                _ = try await rows.insert([row(number)])
                isStored = true
              } catch let error as StorageError where error.code == .purging {
                continue
              }
            }
            let object = try await objects.object("uploads/c/\(number)", in: "user-files")
            let row = try await rows.files(ids: [id(number)])
            #expect(object != nil || row.isEmpty)
            _ = try await LocalTrash(store: store).trash([id(number)], linkedAtMost: nil, run: UUID())
          }
        }
      }
      for _ in 0..<2 {
        group.addTask {
          let store = try open()
          let (trash, objects) = (LocalTrash(store: store), LocalObjectStore(store: store))
          for _ in 0..<60 {
            let run = UUID()
            let claimed = try await trash.claim((1...3).map { .numbered($0) }, olderThan: .zero, run: run)
            try await objects.delete(claimed.map(\.object.key), in: "user-files")
            _ = try await trash.finish(claimed.map(\.object), run: run)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(Set(try await findings()).subtracting([.blobsUnnamed]) == [])
  }

  // MARK: Versions and recovery

  @Test func `a store of version 2 is taken over, its objects written now`() async throws {
    let before = Timestamp.now
    do {
      let store = try open()
      try await put(1, into: store)
      try await store.writing { tables throws(SQLiteError) in
        try tables.database.execute(RecoverableStore.turnsIntoVersion2)
      }
    }
    let store = try open()
    let object = try await store.reading { tables throws(SQLiteError) in
      try tables.object("uploads/c/1", in: "user-files")
    }
    let time = try #require(object.flatMap { Timestamp($0.writtenAt) })
    #expect(object?.byteCount == 7 && time.columnText == object?.writtenAt)
    #expect(time.microseconds / 1000 >= before.microseconds / 1000 && time <= Timestamp.now)
    let objects = [ObjectAddress.numbered(1)]
    #expect(try await LocalTrash(store: store).trash(objects, olderThan: .seconds(60), run: run) == [])
    #expect(try await LocalTrash(store: store).trash(objects, olderThan: .zero, run: run).count == 1)
  }
}

extension Sequence {
  fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async throws -> [Value] {
    var values: [Value] = []
    for element in self { values.append(try await body(element)) }
    return values
  }
}
