import StorageEngine
import StorageFiles
import StorageFormats
import StorageModel
import StoragePlaces
import StorageRunning
import StorageSQLite
import StorageSync
import SupabaseClient
import Synchronization
import TestSupport
import Testing

@testable import LocalPlace
@testable import StorageCore

/// What no command can do, and what is too short to be met from outside.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct OutboxSendTests {
  private typealias Fault = StandInInstance.Fault
  private typealias Sent = (summary: SyncSummary, items: [SyncedItem])

  private let fixture: MigrationFixture

  private static var outage: Fault {
    var fault = Fault(.status, on: "*", count: 0)
    fault.status = 503
    return fault
  }

  init() async throws {
    fixture = try await MigrationFixture.withBuckets()
  }

  private var state: LocalPath { LocalPath(checked: Array(fixture.state.path.utf8)) }

  /// Runs `body` with the local store, as without a project.
  private func inLocalStore<Value: Sendable>(_ body: (OpenProject) async throws -> Value) async throws -> Value {
    try await OpenProject.withLocalStore(
      in: StateDirectory(at: state), retrier: Retrier(budget: RetryBudget(), clock: fixture.clock), body)
  }

  /// Runs `body` with the project, for which the local store stands in.
  private func withFallback<Value: Sendable>(_ body: (OpenProject) async throws -> Value) async throws -> Value {
    let settings = try fixture.settings()
    let fallback = LocalFallback(
      for: settings.project.address.url, outage: try #require(settings.outage()),
      state: { () throws(StorageError) in try settings.journalPlace() })
    return try await OpenProject.withOpen(
      settings, retrier: Retrier(budget: RetryBudget(), clock: fixture.clock), fallback: fallback, body)
  }

  private func store(_ numbers: Range<Int>, in conversation: (Int) -> String) async throws {
    for number in numbers { try fixture.tree.write("file \(number)".utf8, to: "\(conversation(number))/f\(number)") }
    let paths = Set(numbers.map { LocalPath(checked: Array(fixture.tree[conversation($0)].utf8)) })
    try await inLocalStore { open in
      for path in paths {
        let roots = try MigrationRoot.open([path], continuationID: path.baseName?.description ?? "c")
        let summary = await Migration(open, options: .init(), stop: StopSignal()).run(roots) { _ in }
        try #require(summary.endedBy == nil)
      }
    }
  }

  private func send(through interposer: Interposer = Interposer()) async throws -> Sent {
    let items = Mutex<[SyncedItem]>([])
    let summary = try await fixture.open { open in
      let outbox = try #require(try Outbox(of: interposer.between(open)))
      return await outbox.send { item in items.withLock { $0.append(item) } }
    }
    return (summary, items.withLock { $0 })
  }

  @Test func `messages of an outage end up in the conversation that is there, in order`() async throws {
    let texts = ["one", "two", "three", "four"]
    let (there, first) = try await fixture.open { open in
      let there = try await open.saveConversation("c", title: "T").conversation
      return (there, try await open.saveMessage(in: there, role: .user, content: "first", key: "0").id)
    }
    var ids: [String] = []
    fixture.project.add(Self.outage)
    let here = try await withFallback { open in
      let (here, isNew, outage) = try await open.saveConversation("c")
      #expect(isNew && outage?.code == .unreachable && here.id != there.id)
      // Found in either place.
      for (index, text) in texts.enumerated() {
        let target = index % 2 == 0 ? here : there
        for isNew in [true, false] {
          let saved = try await open.saveMessage(
            in: target, role: .assistant, content: text, metadata: ["n": .integer(Int64(index))], key: "\(index)")
          #expect(saved.isNew == isNew && saved.outage?.code == .unreachable)
          if isNew { ids.append(saved.id) }
        }
      }
      return here
    }
    fixture.project.removeFaults()
    // The service is back, and the caller still holds the conversation that it found during the outage.
    let late = try await withFallback { open in
      let saved = try await open.saveMessage(in: here, role: .user, content: "late", key: "9")
      #expect(saved.isNew && saved.outage == nil)
      return saved.id
    }
    let (summary, items) = try await send()
    #expect(summary.endedBy == nil && summary.backlog == Backlog())
    #expect(items.compactMap(\.item.change.messageID) == ids)
    try await fixture.open { open in
      let found = try #require(try await open.findConversation("c"))
      #expect(found.id == there.id && found.title == "T")
      let history = try await open.history(of: found).messages
      #expect(history.map(\.id) == [first, late] + ids)
      #expect(history.suffix(4).map(\.content) == texts && history.last?.metadata == ["n": .integer(3)])
      #expect(history.suffix(4).allSatisfy { $0.role == .assistant })
    }
    #expect(try fixture.project.query("select from conversations").count == 1)
  }

  @Test func `a message that is there already is not stored again`() async throws {
    let text = "said by both"
    fixture.project.add(Self.outage)
    let queued = try await withFallback { open in
      let here = try await open.saveConversation("c").conversation
      return try await open.saveMessage(in: here, role: .user, content: text, key: "1").id
    }
    fixture.project.removeFaults()
    try await fixture.open { open in
      let there = try await open.saveConversation("c").conversation
      #expect(try await open.saveMessage(in: there, role: .user, content: text, key: "1").id == queued)
    }
    #expect(try await send().summary.backlog == Backlog())
    #expect(try fixture.project.query("select id from messages") == [[queued]])
  }

  @Test func `what is changed again while it is sent is sent again`() async throws {
    try await store(0..<1) { _ in "c" }
    let stored = try await inLocalStore { open in try await open.rows.files(matching: FileQuery()).elements }
    let row = try #require(stored.first)
    var changed = row.metadata
    changed.other["late"] = .string("yes")
    let (id, new, path) = (row.id, changed, LocalStore.place(in: state))
    var interposer = Interposer()
    interposer.afterInsert = {
      let tables = try LocalDatabase(in: TargetDirectory(at: path))
      try tables.database.transaction { () throws(SQLiteError) in
        try tables.setMetadata(of: id, to: new)
        try tables.enqueue([.file(id)], for: "", at: Timestamp.now)
      }
    }
    let (summary, items) = try await send(through: interposer)
    #expect(items.map(\.item.change) == [.conversation("c"), .file(id), .file(id)])
    #expect(items.map(\.file?.status) == [nil, .stored, .unchanged] && summary.backlog == Backlog())
    #expect(
      try await fixture.open { try await $0.rows.files(ids: [id]).first?.metadata.other["late"] } == .string("yes"))
    #expect(try fixture.counts() == [1, 1, 1])
  }

  @Test func `a file costs one request, and every five hundred a few`() async throws {
    try await store(0..<1000) { _ in "c" }
    let (summary, items) = try await send()
    #expect(items.count == 1001 && summary.backlog == Backlog() && summary.endedBy == nil)
    #expect(summary.files == [.stored: 1000])
    #expect(summary.requestCount <= 1000 + 2 * 12 + 4, "\(summary.requestCount)")
    #expect(try fixture.counts() == [1000, 1000, 1000])
    let again = try await send()
    #expect(again.summary.requestCount == 0 && again.items.isEmpty)
  }

  @Test func `files of conversations of their own cost a few requests each`() async throws {
    try await store(0..<50) { "c\($0)" }
    let (summary, items) = try await send()
    #expect(items.count == 100 && summary.backlog == Backlog())
    #expect(summary.requestCount <= 9 * 50 + 1, "\(summary.requestCount)")
    #expect(try fixture.counts() == [50, 50, 50])
  }
}
