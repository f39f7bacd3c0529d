import StorageModel
import StoragePlaces
import StorageSQLite
import TestSupport
import Testing

@testable import LocalPlace

/// The tables of the outbox, without anybody who sends what is in it.
@Suite struct OutboxTests {
  private let directory: TestSupport.TemporaryDirectory
  private let store: LocalStore

  init() throws {
    directory = try TestSupport.TemporaryDirectory()
    store = try Self.open(directory)
  }

  private static func open(_ directory: TestSupport.TemporaryDirectory, for project: String = "") throws -> LocalStore {
    try LocalStore(at: LocalPath(checked: Array(directory["local"].utf8)), for: project)
  }

  private func changes(_ project: String = "https://a") async throws -> [OutboxItem.Change] {
    try await store.reading { tables throws(SQLiteError) in
      var changes: [OutboxItem.Change] = []
      for kind in OutboxItem.Kind.allCases {
        changes += try tables.items(kind, for: project, limit: 1000).map(\.change)
      }
      return changes
    }
  }

  private func enqueue(_ changes: OutboxItem.Change..., for project: String = "") async throws {
    try await store.writing { tables throws(SQLiteError) in
      try tables.enqueue(changes, for: project, at: Timestamp.now)
    }
  }

  @Test func `all that is stored waits, in the order in which it is to be sent`() async throws {
    let rows = LocalFileRepository(store: store)
    let conversation = try await rows.createConversation(continuationID: "c", title: "T", metadata: [:]).conversation
    _ = try await rows.insert([row(1), row(2)])
    _ = try await rows.link([id(1), id(2)], to: conversation)
    _ = try await rows.unlink([id(2)], from: conversation)
    let message = try Message(to: "c", role: .user, content: "hello", metadata: [:], key: "1")
    #expect(try await rows.insert(message, into: conversation))
    #expect(
      try await changes() == [
        .conversation("c"), .file(id(1)), .file(id(2)), .link(id(1), "c"), .unlink(id(2), "c"), .message(message.id),
      ])
  }

  @Test func `a file brings the link that it was stored with`() async throws {
    let rows = LocalFileRepository(store: store)
    let own = try await rows.createConversation(continuationID: "own", title: nil).conversation
    let other = try await rows.createConversation(continuationID: "other", title: nil).conversation
    _ = try await rows.insert([row(1, metadata: FileMetadata(continuationID: "own"))])
    _ = try await rows.link([id(1)], to: own)
    _ = try await rows.link([id(1)], to: other)
    #expect(
      try await changes() == [.conversation("own"), .conversation("other"), .file(id(1)), .link(id(1), "other")])
  }

  @Test func `of linking and unlinking the last one waits`() async throws {
    _ = try await LocalFileRepository(store: store).insert([row(1)])
    _ = try await LocalFileRepository(store: store).createConversation(continuationID: "c", title: nil)
    try await enqueue(.link(id(1), "c"))
    try await enqueue(.unlink(id(1), "c"), for: "https://a")
    #expect(try await changes().suffix(1) == [.unlink(id(1), "c")])
    try await enqueue(.link(id(1), "c"), for: "https://a")
    #expect(try await changes().suffix(1) == [.link(id(1), "c")])
  }

  @Test func `what waits for one project is not shown to another`() async throws {
    _ = try await LocalFileRepository(store: store).insert([row(1), row(2)])
    try await store.writing { tables throws(SQLiteError) in
      try tables.remove(try tables.items(.file, for: "", limit: 10))
    }
    try await enqueue(.file(id(1)))
    try await enqueue(.file(id(2)), for: "https://b")
    #expect(try await changes("https://a") == [.file(id(1))])
    #expect(try await changes("https://b") == [.file(id(1)), .file(id(2))])
    let backlog = try await store.reading { tables throws(SQLiteError) in try tables.backlog(for: "https://a") }
    #expect(backlog.waiting == [.file: 1] && backlog.otherCount == 1 && backlog.byteCount == 1)
  }

  @Test func `a change made again for a project waits for that one alone, since it was first made`() async throws {
    _ = try await LocalFileRepository(store: store).insert([row(1)])
    let first = try await store.reading { tables throws(SQLiteError) in
      try tables.items(.file, for: "https://a", limit: 10)
    }
    try await store.writing { tables throws(SQLiteError) in
      try tables.note(first.map { ($0, StorageError(.tooLarge, "too large"), true) })
    }
    for _ in 0..<2 { try await enqueue(.file(id(1)), for: "https://a") }
    let items = try await store.reading { tables throws(SQLiteError) in
      try tables.items(.file, for: "https://a", limit: 10)
    }
    #expect(items.map(\.createdAt) == first.map(\.createdAt) && items.allSatisfy { !$0.isParked && $0.attempts == 0 })
    #expect(try await changes("https://b").isEmpty)
    let backlog = try await store.backlog()
    #expect(backlog.parkedCount == 0 && backlog.otherCount == 1)
  }

  @Test func `what was changed again while it was sent still waits`() async throws {
    _ = try await LocalFileRepository(store: store).insert([row(1)])
    let sent = try await store.reading { tables throws(SQLiteError) in try tables.items(.file, for: "", limit: 10) }
    try await enqueue(.file(id(1)))
    try await store.writing { tables throws(SQLiteError) in try tables.remove(sent) }
    #expect(try await changes() == [.file(id(1))])
  }

  @Test func `a parked item keeps its error and waits again when it is asked for`() async throws {
    _ = try await LocalFileRepository(store: store).insert([row(1)])
    let error = StorageError(.tooLarge, "too large", hint: "cut it")
    try await store.writing { tables throws(SQLiteError) in
      try tables.note(tables.items(.file, for: "", limit: 1).map { ($0, error, true) })
    }
    #expect(try await changes().isEmpty)
    let parked = try await store.reading { tables throws(SQLiteError) in
      try tables.items(.file, for: "https://a", parked: true, limit: 10)
    }
    #expect(parked.map(\.error) == [error] && parked.map(\.attempts) == [1])
    #expect(try await store.writing { tables throws(SQLiteError) in try tables.unpark(for: "https://a") } == 1)
    #expect(try await changes() == [.file(id(1))])
  }

  @Test func `a store of version 1 is taken over with everything in it waiting`() async throws {
    let directory = try TestSupport.TemporaryDirectory()
    let before: [OutboxItem.Change]
    do {
      let store = try Self.open(directory)
      let rows = LocalFileRepository(store: store)
      let own = try await rows.createConversation(continuationID: "own", title: nil).conversation
      let other = try await rows.createConversation(continuationID: "other", title: nil).conversation
      _ = try await rows.insert([row(1, metadata: FileMetadata(continuationID: "own")), row(2)])
      _ = try await rows.link([id(1)], to: own)
      _ = try await rows.link([id(1), id(2)], to: other)
      _ = try await rows.insert(Message(to: "own", role: .user, content: "x", metadata: [:], key: "1"), into: own)
      before = try await Self.changes(in: store)
      try await store.writing { tables throws(SQLiteError) in
        try tables.database.execute(RecoverableStore.turnsIntoVersion2)
        try tables.database.execute("DROP TABLE outbox; PRAGMA user_version=1")
      }
    }
    #expect(try await Self.changes(in: Self.open(directory)) == before)
  }

  private static func changes(in store: LocalStore) async throws -> [OutboxItem.Change] {
    try await store.reading { tables throws(SQLiteError) in
      var changes: [OutboxItem.Change] = []
      for kind in OutboxItem.Kind.allCases { changes += try tables.items(kind, for: "", limit: 1000).map(\.change) }
      return changes
    }
  }
}
