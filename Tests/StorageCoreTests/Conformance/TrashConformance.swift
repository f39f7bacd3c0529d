import FoundationEssentials
import StorageEngine
import StorageFormats
import StorageModel
import StoragePlaces
import TestSupport
import Testing

/// Into the trash and back, the same in both places.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct TrashConformance {
  private let run = UUID()
  private let other = UUID()

  @Test(arguments: StoreUnderTest.allCases)
  func `orphans go when they are old enough and nothing is linked to them`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      try await store.store(1, in: "c")
      try await store.store(2)
      try store.age(.files, by: 1000)
      try await store.store(3)
      let ids = try [id(1), id(2), id(3), id(9)]
      let gone = try await store.trash.trashOrphans(ids, olderThan: .seconds(900), run: run)
      #expect(gone.map(\.fileID) == [try id(2)])
      let entry = try #require(gone.first)
      #expect(entry.object == .numbered(2) && entry.state == .trashed && entry.rule == .orphan && entry.run == run)
      #expect(entry.byteCount == 9 && entry.conversations == [] && entry.claimedAt == nil && entry.purgedAt == nil)
      #expect(entry.file?["id"]?.string == (try id(2).description) && entry.originalName == "n")
      #expect(entry.file?["size_bytes"] == .integer(9) && entry.file?["metadata"] == .object([:]))
      #expect(Timestamp(entry.trashedAt) != nil)
      #expect(try await store.trash.trashOrphans(ids, olderThan: .seconds(900), run: run) == gone)
      #expect(try await store.trash.trashOrphans(ids, olderThan: .seconds(900), run: other) == [])
      #expect(try await store.rowCount() == 2)
      #expect(try await store.open.objects.object("uploads/c/2", in: "user-files") != nil)
      #expect(try await store.trash.trashOrphans([], olderThan: .zero, run: run) == [])
    }
  }

  /// What `expires_at` may hold, and whether that is over.
  private static let expiries: [(JSONValue, isOver: Bool)] = [
    (.string("2020-01-01T00:00:00Z"), true), (.string("2020-01-01 00:00:00+00:00"), true),
    (.string("2020-01-01T00:00Z"), true), (.string("2020-01-01T00:00:00.123456789Z"), true),
    (.string("2020-01-01T00:00:00+0200"), true), (.string("2020-01-01T00:00:00-15"), true),
    (.string("2020-01-01T24:00:00Z"), true), (.string("2020-12-31T23:59:60Z"), true),
    (.string("2020-02-29T00:00:00Z"), true), (.string("2020-01-01T00:00:00+15:59"), true),
    (.string("9999-12-31T23:59:59Z"), false), (.string("2020-01-01"), false), (.string("2020-01-01T00:00:00"), false),
    (.string("2021-02-29T00:00:00Z"), false), (.string("2020-13-01T00:00:00Z"), false),
    (.string("2020-01-01T00:00:00z"), false), (.string("2020-01-01t00:00:00Z"), false),
    (.string("2020-01-01T00:00:00,5Z"), false), (.string("2020-01-01T00:00:00.Z"), false),
    (.string("2020-01-01T24:00:01Z"), false), (.string("2020-01-01T25:00:00Z"), false),
    (.string("2020-01-01T00:60:00Z"), false), (.string("2020-01-01T00:00:61Z"), false),
    (.string("2020-01-01T00:00:00+16"), false), (.string("2020-01-01T00:00:00+01:60"), false),
    (.string("2020-01-01T00:00:00+1"), false), (.string("2020-01-01T00:00:00 +01"), false),
    (.string(" 2020-01-01T00:00:00Z"), false), (.string("2020-01-01T00:00:00Z\n"), false),
    (.string("0000-01-01T00:00:00Z"), false), (.string("20200101T000000Z"), false), (.string("-infinity"), false),
    (.string("2020-01-01T00:00:00Z BC"), false), (.string("2020-01-01T00Z"), false), (.string("yesterday"), false),
    (.string(""), false), (.integer(0), false), (.null, false),
    (.object(["at": .string("2020-01-01T00:00:00Z")]), false),
    (.string("２０２０-01-01T00:00:00Z"), false),
  ]

  @Test(arguments: StoreUnderTest.allCases)
  func `only a whole moment that is over expires, links or not`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      var rows: [FileRow] = []
      for (number, (value, _)) in Self.expiries.enumerated() {
        rows.append(try row(number + 1, metadata: FileMetadata(.object(["expires_at": value]))))
      }
      _ = try await store.open.rows.insert(rows)
      let conversation = try await store.open.rows.createConversation(continuationID: "c", title: nil).conversation
      _ = try await store.open.rows.link([id(1)], to: conversation)
      let over = Set(zip(rows, Self.expiries).filter(\.1.isOver).map(\.0.id))
      let found = try await store.trash.candidates(.expired, olderThan: .zero, after: nil, limit: 100)
      #expect(Set(found.compactMap(\.fileID)) == over)
      let since = found.first { $0.object == .numbered(5) }?.since.flatMap { Timestamp($0) }
      #expect(since == Timestamp("2019-12-31T22:00:00Z"))
      let gone = try await store.trash.trashExpired(rows.map(\.id), run: run)
      #expect(Set(gone.compactMap(\.fileID)) == over && gone.allSatisfy { $0.rule == .expired })
      #expect(gone.first { $0.fileID == rows[0].id }?.conversations == ["c"])
      #expect(try await store.rowCount() == rows.count - over.count)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `named files go unless they have too many links`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      try await store.store(1, 2, in: "a")
      let second = try await store.open.rows.createConversation(continuationID: "b", title: nil).conversation
      _ = try await store.open.rows.link([id(1)], to: second)
      let ids = try [id(1), id(2)]
      #expect(try await store.trash.trash(ids, linkedAtMost: 0, run: run) == [])
      #expect(try await store.trash.trash(ids, linkedAtMost: 1, run: run).map(\.fileID) == [id(2)])
      let all = try await store.trash.trash(ids, linkedAtMost: nil, run: run)
      #expect(Set(all.map(\.object)) == [.numbered(1), .numbered(2)] && all.allSatisfy { $0.rule == .deleted })
      #expect(all.first { $0.object == .numbered(1) }?.conversations.sorted() == ["a", "b"])
      #expect(try await store.open.rows.linkedFiles(of: second, after: nil).elements == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `objects go that no row describes and that are old enough`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      try await store.store(1)
      try await store.put(row(2))
      try store.age(.objects, by: 1000)
      try await store.put(row(3))
      let objects = (1...4).map { ObjectAddress.numbered($0) }
      let found = try await store.trash.candidates(.object, olderThan: .seconds(900), after: nil, limit: 10)
      #expect(found.map(\.object) == [.numbered(2)] && found[0].file == nil && found[0].byteCount == 9)
      let gone = try await store.trash.trash(objects, olderThan: .seconds(900), run: run)
      #expect(gone.map(\.object) == [.numbered(2)] && gone[0].file == nil && gone[0].rule == .object)
      #expect(try await store.trash.trash(objects, olderThan: .seconds(900), run: run) == gone)
      #expect(try await store.trash.trash(objects, olderThan: .seconds(900), run: other) == [])
      #expect(try await store.trash.candidates(.object, olderThan: .zero, after: nil, limit: 10).count == 1)
      let back = try await store.trash.restore([.numbered(2)], run: run)
      #expect(back.map(\.result) == [.restored] && back[0].hasObject && back[0].linkCount == 0)
      #expect(try await store.entries() == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `with a conversation go its messages and the files it alone has`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      try await store.store(1, 2, 3, in: "a")
      let rows = store.open.rows
      let doomed = try #require(try await rows.conversation(continuationID: "a"))
      let stays = try await rows.createConversation(continuationID: "b", title: nil).conversation
      _ = try await rows.link([id(2)], to: stays)
      for number in 0..<2 {
        let message = try Message(to: "a", role: .user, content: "m", metadata: [:], key: "\(number)")
        _ = try await rows.insert(message, into: doomed)
      }
      let deleted = try #require(try await store.trash.delete(doomed, run: run))
      #expect(try deleted.messageCount == 2 && deleted.shared == [id(2)])
      #expect(Set(deleted.trashed.map(\.object)) == [.numbered(1), .numbered(3)])
      #expect(deleted.trashed.allSatisfy { $0.rule == .conversation && $0.continuationID == "a" && $0.run == run })
      #expect(deleted.trashed.allSatisfy { $0.conversations == ["a"] })
      #expect(try await rows.conversation(continuationID: "a") == nil)
      #expect(try await rows.linkedFiles(of: stays, after: nil).elements == [id(2)])
      let again = try #require(try await store.trash.delete(doomed, run: run))
      #expect(again.messageCount == 2 && again.shared == deleted.shared)
      #expect(Set(again.trashed.map(\.object)) == Set(deleted.trashed.map(\.object)))
      #expect(try await store.trash.delete(doomed, run: other) == nil)
      let query = TrashQuery(continuationID: "a")
      #expect(try await store.entries(query).count == 2)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `what is restored is as it was, with its links to what is there`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      var metadata = FileMetadata(sha256: "ab", continuationID: "a", expiresAt: "2030-01-01T00:00:00Z")
      metadata.other = ["n": .integer(9_007_199_254_740_993), "t": .string("é\"\u{1}"), "l": .array([.null])]
      try await store.store(1, 2, in: "a", metadata: metadata)
      let rows = store.open.rows
      let gone = try await rows.createConversation(continuationID: "b", title: nil).conversation
      _ = try await rows.link([id(1)], to: gone)
      let before = try await rows.files(ids: [id(1)])
      _ = try await store.trash.trash([id(1), id(2)], linkedAtMost: nil, run: run)
      _ = try await store.trash.delete(gone, run: run)
      let back = try await store.trash.restore([.numbered(1), .numbered(9), .numbered(1)], run: run)
      #expect(back.map(\.result) == [.restored, .absent] && back.map(\.linkCount) == [1, 0])
      #expect(try back.map(\.hasObject) == [true, false] && back.map(\.fileID) == [id(1), nil])
      #expect(try await rows.files(ids: [id(1)]) == before)
      #expect(try await rows.conversations(of: id(1)).map(\.continuationID) == ["a"])
      let again = try await store.trash.restore([.numbered(1)], run: run)
      #expect(again.map(\.result) == [.restored] && again[0].hasObject)
      #expect(try await store.trash.restore([.numbered(1)], run: other).map(\.result) == [.absent])
      #expect(try await store.entries().map(\.object) == [.numbered(2)])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `what another row has taken stays in the trash`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      try await store.store(1, 2)
      _ = try await store.trash.trash([id(1), id(2)], linkedAtMost: nil, run: run)
      // The same id on another path.
      _ = try await store.open.rows.insert([row(1, path: "elsewhere")])
      let back = try await store.trash.restore([.numbered(1), .numbered(2)], run: run)
      #expect(back.map(\.result) == [.taken, .restored])
      #expect(try await store.entries().map(\.object) == [.numbered(1)])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a row that is stored on a trashed path ends its entry`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      let rows = try await store.store(1, 2, in: "a")
      _ = try await store.trash.trash(rows.map(\.id), linkedAtMost: nil, run: run)
      #expect(try await store.open.rows.insert([rows[0]]) == [rows[0].id])
      #expect(try await store.entries().map(\.object) == [.numbered(2)])
      #expect(try await store.trash.restore([.numbered(1)], run: run).map(\.result) == [.absent])
      #expect(try await store.open.rows.conversations(of: id(1)) == [])
      // Trashed again, it has one entry, and this one.
      _ = try await store.trash.trash([id(1)], linkedAtMost: nil, run: other)
      #expect(try await store.entries().count == 2)
      #expect(try await store.entries(TrashQuery(run: other)).map(\.object) == [.numbered(1)])
    }
  }
}
