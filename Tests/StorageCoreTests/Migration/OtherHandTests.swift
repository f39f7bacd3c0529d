import StandIn
import StorageEngine
import StorageModel
import StoragePlaces
import Synchronization
import TestSupport
import Testing

/// What other programs, and people, do to a project between and during runs.
@Suite(.standIn(per: .test)) struct OtherHandTests {
  @Test func `wrong bytes on a path of ours are replaced and reported`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<5)
    let (_, files) = try await fixture.migrate()
    let key = try #require(files.first { $0.originalName == "f3.txt" }?.storagePath)
    for wrong in [Array("FILE 3".utf8), Array("longer than it was".utf8)] {
      try await fixture.open { open in
        _ = try await open.objects.put(
          ObjectUpload(
            bucket: "user-files", key: key, mediaType: "text/plain", content: .bytes(wrong), metadata: [],
            overwrites: true))
      }

      let (summary, files) = try await fixture.migrate()

      #expect(summary.counts == [.unchanged: 4, .stored: 1])
      #expect(files.first { $0.status == .stored }?.reason == "other bytes lay on its path and were replaced")
      #expect(summary.sentByteCount == 6)
      let contents = try await fixture.downloadEverything()
      #expect(Set(contents.values) == Set((0..<5).map { Array("file \($0)".utf8) }))
    }
  }

  @Test func `bytes that the service has lost are found by reading everything back`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<4)
    let (_, files) = try await fixture.migrate()
    let key = try #require(files.first { $0.originalName == "f2.txt" }?.storagePath)
    try fixture.project.removeBlob(bucket: "user-files", key: key)

    let (unread, _) = try await fixture.migrate()
    let (summary, _) = try await fixture.migrate(.init(verification: .full))

    #expect(unread.counts == [.unchanged: 4])
    #expect(summary.counts == [.unchanged: 3, .stored: 1])
    #expect(try await fixture.downloadEverything().count == 4)
  }

  @Test func `reading back everything downloads each object once`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<6)

    let (first, _) = try await fixture.migrate(.init(verification: .full))

    #expect(first.counts == [.stored: 6])
    #expect(downloads(fixture) == 6)
    fixture.project.forgetRequests()
    let (second, _) = try await fixture.migrate(.init(verification: .full))
    #expect(second.counts == [.unchanged: 6])
    #expect(downloads(fixture) == 6)
  }

  private func downloads(_ fixture: MigrationFixture) -> Int {
    fixture.project.requests().count {
      $0.target.contains("/object/authenticated/") && !$0.target.contains("/info/")
    }
  }

  @Test func `a conversation removed between rows and links is made again`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<5)
    let once = Once()
    var interposer = Interposer()
    interposer.afterInsert = { try once.run { try fixture.project.query("delete from conversations") } }

    let (summary, files) = try await fixture.migrate(through: interposer)

    #expect(summary.counts == [.stored: 5])
    #expect(try fixture.counts() == [5, 5, 5])
    let id = try fixture.project.query("select id from conversations")[0][0]
    #expect(files.allSatisfy { $0.conversation?.id == id })
  }

  @Test func `a conversation replaced by somebody else's of that name is linked to`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<5)
    _ = try await fixture.migrate()
    try fixture.tree.write("one more".utf8, to: "g.txt")
    let once = Once()
    var interposer = Interposer()
    interposer.afterInsert = {
      try once.run {
        try fixture.project.query("delete from conversations")
        try fixture.project.query("insert into conversations (continuation_id, title) values ('c1', 'theirs')")
      }
    }

    let (summary, _) = try await fixture.migrate(through: interposer)

    #expect(summary.counts == [.stored: 6])
    #expect(try fixture.counts() == [6, 6, 6])
    #expect(try fixture.project.query("select title from conversations") == [["theirs"]])
  }

  @Test(arguments: [false, true])
  func `a row removed before it is linked is made again`(_ withObject: Bool) async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<5)
    let once = Once()
    var interposer = Interposer()
    interposer.afterInsert = {
      try once.run {
        try fixture.project.query("delete from files where original_name = 'f3.txt'")
        if withObject { try fixture.removeObjects(like: "%/f3.%") }
      }
    }

    let (summary, _) = try await fixture.migrate(through: interposer)

    #expect(summary.counts == [.stored: 5])
    #expect(try fixture.counts() == [5, 5, 5])
    #expect(try await fixture.downloadEverything().count == 5)
  }

  @Test func `an object removed before it is proved is sent again`() async throws {
    let fixture = try await MigrationFixture.withBuckets()
    try fixture.writeFiles(0..<5)
    let sent = Count()
    var interposer = Interposer()
    interposer.afterUploads = { count in
      if sent.add(count) == 5 { try fixture.removeObjects(like: "%/f3.%") }
    }

    let (summary, _) = try await fixture.migrate(through: interposer)

    #expect(summary.counts == [.stored: 5])
    #expect(try fixture.counts() == [5, 5, 5])
  }
}

/// Runs something the first time only.
final class Once: Sendable {
  private let isDone = Mutex(false)

  func run(_ body: () throws -> Void) rethrows {
    let isFirst = isDone.withLock { isDone in
      defer { isDone = true }
      return !isDone
    }
    if isFirst { try body() }
  }
}

/// A number that many may add to.
final class Count: Sendable {
  private let value = Mutex(0)

  /// The sum so far.
  func add(_ number: Int) -> Int {
    value.withLock { value in
      value += number
      return value
    }
  }
}
