import FoundationEssentials
import StorageEngine
import StorageModel
import StoragePlaces
import TestSupport
import Testing

/// What a cleanup sees, and the way out of the trash, the same in both places.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct PurgeConformance {
  private let run = UUID()
  private let other = UUID()

  @Test(arguments: StoreUnderTest.allCases)
  func `a survey counts everything, each class with its bytes`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      let empty = try await store.trash.survey(grace: .seconds(900), purgeAfter: .seconds(900))
      #expect(empty.amounts == Dictionary(uniqueKeysWithValues: CleanupClass.allCases.map { ($0, .init()) }))
      try await store.store(1, in: "c")
      try await store.store(2, metadata: FileMetadata(expiresAt: "2020-01-01T00:00:00Z"))
      try await store.store(3, 4, 5)
      _ = try await store.open.rows.insert([row(6, byteCount: 100)])
      try await store.put(row(7))
      try store.age(.files, by: 1000)
      try store.age(.objects, by: 1000)
      _ = try await store.trash.trash([id(4), id(5)], linkedAtMost: 0, run: run)
      try store.age(.entries, by: 1000)
      _ = try await store.trash.claim([.numbered(5)], olderThan: .zero, run: run)
      try store.age(.claims, by: 100)
      try await store.store(8)
      try await store.put(row(9))
      let survey = try await store.trash.survey(grace: .seconds(900), purgeAfter: .seconds(900))
      #expect(survey.callerSeesAllRows && survey.obstacles == [])
      #expect(survey.fileCount == 5 && survey.linkCount == 1 && survey.conversationCount == 1)
      #expect(survey.time > Timestamp.now.adding(.seconds(-60)) ?? Timestamp.now)
      #expect(
        survey.amounts == [
          .orphan: .init(count: 3, byteCount: 118), .expired: .init(count: 1, byteCount: 9),
          .object: .init(count: 1, byteCount: 9), .purge: .init(count: 1, byteCount: 9),
          .unfinished: .init(count: 1, byteCount: 9), .missing: .init(count: 1, byteCount: 100),
        ])
      for (wanted, amount) in survey.amounts {
        let found = try await store.trash.candidates(wanted, olderThan: .seconds(900), after: nil, limit: 100)
        #expect(found.count == amount.count && found.compactMap(\.byteCount).reduce(0, +) == amount.byteCount)
        #expect(found.allSatisfy { ($0.file == nil) == (wanted == .object) }, "\(wanted)")
        #expect(found.allSatisfy { $0.since.flatMap { Timestamp($0) } != nil }, "\(wanted)")
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `small pages give every candidate once, in order`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      try await store.store(1, 2, 3, 4, 5)
      for number in [6, 7, 8] { try await store.put(row(number)) }
      try store.age(.files, by: 10)
      try store.age(.objects, by: 10)
      for limit in 1...3 {
        for (wanted, expected) in [(CleanupClass.orphan, 1...5), (.object, 6...8)] {
          var seen: [ObjectAddress] = []
          while true {
            let page = try await store.trash.candidates(wanted, olderThan: .zero, after: seen.last, limit: limit)
            seen += page.map(\.object)
            if page.count < limit { break }
          }
          #expect(seen == expected.map { .numbered($0) }, "\(wanted) \(limit)")
        }
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `entries come oldest first, by whatever is asked`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      try await store.store(1, 2, 3, 4, in: "a")
      for number in [3, 1, 4] {
        _ = try await store.trash.trash([id(number)], linkedAtMost: nil, run: number == 1 ? other : run)
        try store.age(.entries, by: 10)
      }
      let conversation = try #require(try await store.open.rows.conversation(continuationID: "a"))
      _ = try await store.trash.delete(conversation, run: run)
      _ = try await store.trash.claim([.numbered(4)], olderThan: .zero, run: run)
      var (seen, last): ([TrashEntry], TrashEntry?) = ([], nil)
      while true {
        let page = try await store.trash.entries(matching: TrashQuery(), after: last, limit: 1)
        seen += page.elements
        #expect(page.followingCount == 4 - seen.count)
        last = page.elements.last
        if page.isLast { break }
      }
      #expect(seen.map(\.object) == [3, 1, 4, 2].map { .numbered($0) })
      func numbers(_ query: TrashQuery) async throws -> [ObjectAddress] { try await store.entries(query).map(\.object) }
      #expect(try await numbers(TrashQuery(run: other)) == [.numbered(1)])
      #expect(try await numbers(TrashQuery(continuationID: "a")) == [.numbered(2)])
      #expect(try await numbers(TrashQuery(files: [id(3), id(9)])) == [.numbered(3)])
      #expect(try await numbers(TrashQuery(keys: ["uploads/c/1", "no"])) == [.numbered(1)])
      #expect(try await numbers(TrashQuery(states: [.purging])) == [.numbered(4)])
      #expect(try await numbers(TrashQuery(run: run, states: [.trashed])) == [.numbered(3), .numbered(2)])
      #expect(try await numbers(TrashQuery(states: [.purged])) == [])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a purge goes from claim to the end, and then the path is free again`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      let rows = try await store.store(1, 2)
      _ = try await store.trash.trash(rows.map(\.id), linkedAtMost: nil, run: run)
      let objects = [ObjectAddress.numbered(1), .numbered(2), .numbered(9)]
      #expect(try await store.trash.claim(objects, olderThan: .seconds(900), run: run) == [])
      try store.age(.entries, by: 1000)
      let claimed = try await store.trash.claim([.numbered(1)], olderThan: .seconds(900), run: run)
      #expect(claimed.map(\.object) == [.numbered(1)] && claimed[0].state == .purging && claimed[0].claimedAt != nil)
      #expect(try await store.trash.claim([.numbered(1)], olderThan: .zero, run: other) == [])
      #expect(try await store.trash.claim([.numbered(1)], olderThan: .seconds(900), run: run).count == 1)
      #expect(try await store.trash.restore([.numbered(1)], run: run).map(\.result) == [.purging])
      try store.age(.claims, by: 61)
      #expect(try await store.trash.finish([.numbered(1)], run: run) == [])
      #expect(try await store.trash.claim([.numbered(1)], olderThan: .seconds(900), run: other).count == 1)

      for _ in 0..<2 { try await store.open.objects.delete(["uploads/c/1"], in: "user-files") }
      #expect(try await store.open.objects.isGone("uploads/c/1", in: "user-files"))
      #expect(try await !store.open.objects.isGone("uploads/c/2", in: "user-files"))
      // No row is accepted, and none of those beside it.
      #expect(await code { _ = try await store.open.rows.insert([row(3), rows[0]]) } == .purging)
      #expect(try await store.rowCount() == 0)
      try store.age(.claims, by: 61)
      for _ in 0..<2 { #expect(try await store.trash.finish(objects, run: run) == [.numbered(1)]) }
      let entry = try #require(try await store.entries(TrashQuery(states: [.purged])).first)
      #expect(entry.object == .numbered(1) && entry.purgedAt != nil && entry.file != nil)
      #expect(try await store.trash.restore([.numbered(1)], run: run).map(\.result) == [.purged])
      #expect(try await store.trash.claim([.numbered(1)], olderThan: .zero, run: run) == [])
      #expect(await code { _ = try await store.open.rows.insert([rows[0]]) } == .purging)

      try await store.put(rows[0])
      #expect(try await store.open.rows.insert([rows[0]]) == [rows[0].id])
      let rest = try await store.entries(TrashQuery(states: Set(TrashEntry.State.allCases)))
      #expect(rest.map(\.object) == [.numbered(2)])
      #expect(try await store.trash.restore([.numbered(1)], run: run).map(\.result) == [.absent])
      #expect(try await store.open.objects.object("uploads/c/1", in: "user-files")?.byteCount == 9)
      #expect(try await store.trash.restore([.numbered(2)], run: run).map(\.result) == [.restored])
      #expect(try await store.rowCount() == 2)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `objects of purged entries that are there again go the same way`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      let rows = try await store.store(1)
      _ = try await store.trash.trash([id(1)], linkedAtMost: nil, run: run)
      _ = try await store.trash.claim([.numbered(1)], olderThan: .zero, run: run)
      try await store.open.objects.delete(["uploads/c/1"], in: "user-files")
      try store.age(.claims, by: 61)
      #expect(try await store.trash.finish([.numbered(1)], run: run).count == 1)
      // Somebody was killed before the row.
      try await store.put(rows[0])
      try store.age(.objects, by: 1000)
      #expect(try await store.trash.candidates(.object, olderThan: .seconds(900), after: nil, limit: 9).count == 1)
      let gone = try await store.trash.trash([.numbered(1)], olderThan: .seconds(900), run: other)
      #expect(gone.map(\.rule) == [.object] && gone[0].file == nil && gone[0].claimedAt == nil)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `contents that files share are there as long as one of them`(_ kind: StoreUnderTest) async throws {
    try await TrashFixture.with(kind) { store in
      let rows = try [row(1, byteCount: 9), row(0x11, byteCount: 9)]
      for row in rows { try await store.put(row) }
      _ = try await store.open.rows.insert(rows)
      for (index, row) in rows.enumerated() {
        let address = ObjectAddress(bucket: "user-files", key: row.storagePath)
        _ = try await store.trash.trash([row.id], linkedAtMost: nil, run: run)
        _ = try await store.trash.claim([address], olderThan: .zero, run: run)
        try await store.open.objects.delete([row.storagePath], in: "user-files")
        #expect(try await store.open.objects.object(row.storagePath, in: "user-files") == nil)
        let rest = try await store.open.objects.object(rows[1].storagePath, in: "user-files")
        #expect((rest != nil) == (index == 0))
      }
    }
  }
}
