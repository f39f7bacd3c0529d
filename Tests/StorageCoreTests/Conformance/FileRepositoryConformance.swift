import StorageEngine
import StorageFormats
import StorageModel
import StoragePlaces
import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct FileRepositoryConformance {
  /// Files of which each differs from the next in what queries look at.
  private func insertSamples(into rows: any FileRepository) async throws {
    let samples = [
      try row(1, path: "uploads/a/one", name: "Report.PDF", mediaType: "application/pdf", byteCount: 30),
      try row(2, path: "uploads/a%b/two", name: "a100%b.txt", byteCount: 20),
      try row(3, path: "uploads/a_b/three", name: "a_b\\c.txt", byteCount: nil),
      try row(4, path: "generated/a/four", name: "report.pdf", mediaType: "image/png", byteCount: 10, type: .generated),
      try row(5, path: "uploads/a/five", name: "été 🙂", mediaType: nil, byteCount: 20),
      try row(6, path: "cache/six", name: "z", mediaType: "text/plainer", byteCount: nil, type: .cache),
    ]
    for sample in samples { #expect(try await rows.insert([sample]) == [sample.id]) }
  }

  private func numbers(_ rows: [FileRow]) -> [Int] {
    rows.compactMap { Int($0.id.description.suffix(12), radix: 16) }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a row comes back as it was inserted, with its time`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      let before = Timestamp.now
      var metadata = FileMetadata(sha256: "ab", bucket: "user-files", continuationID: "c", expiresAt: "2027-01-01")
      metadata.other = [
        "whole": .integer(9_007_199_254_740_993), "text": .string("\u{1}\"é🙂"), "nothing": .null,
        "list": .array([.bool(true), .number(1.5), .object(["k": .array([])])]),
      ]
      let full = try row(1, path: "uploads/ü/\"x\"", name: "é\n'", byteCount: 2_147_483_647, metadata: metadata)
      let empty = try row(2, mediaType: nil, byteCount: nil, type: .cache)
      #expect(try await open.rows.insert([full, empty]) == [full.id, empty.id])
      let found = try await open.rows.files(ids: [full.id, empty.id, id(9)]).sorted { $0.id < $1.id }
      #expect(found.count == 2)
      for (row, expected) in zip(found, [full, empty]) {
        var plain = row
        plain.createdAt = nil
        #expect(plain == expected)
        let time = try #require(row.createdAt.flatMap { Timestamp($0) })
        // The clocks of two programs.
        #expect(time > before.adding(.seconds(-60)) ?? before && time < Timestamp.now.adding(.seconds(60)) ?? before)
      }
      #expect(try await open.rows.files(storagePaths: [full.storagePath, "no"]).map(\.id) == [full.id])
      #expect(try await open.rows.files(ids: []).isEmpty)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `a path that is taken leaves its row out, an id that is taken refuses all`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      _ = try await open.rows.insert([row(1, name: "first")])
      #expect(try await open.rows.insert([row(1, name: "again"), row(2)]) == [id(2)])
      #expect(try await open.rows.insert([row(3, path: "uploads/c/1")]) == [])
      #expect(try await open.rows.files(ids: [id(1)]).first?.originalName == "first")
      #expect(await code { _ = try await open.rows.insert([row(4), row(2, path: "elsewhere")]) } == .conflict)
      #expect(try await open.rows.count(FileQuery()) == 2)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `each filter finds what it means`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      try await insertSamples(into: open.rows)
      let third = try #require(try await open.rows.files(ids: [id(3)]).first?.createdAt.flatMap { Timestamp($0) })
      let conversation = try await open.rows.createConversation(continuationID: "c", title: nil).conversation
      _ = try await open.rows.link([id(2), id(5)], to: conversation)
      let cases: [(FileQuery, [Int])] = [
        (FileQuery(), [1, 2, 3, 4, 5, 6]), (FileQuery(type: .generated), [4]),
        (FileQuery(pathPrefix: "uploads/a/"), [1, 5]), (FileQuery(pathPrefix: "uploads/a_"), [3]),
        (FileQuery(pathPrefix: "uploads/a%"), [2]), (FileQuery(pathPrefix: "Uploads"), []),
        (FileQuery(pathPrefix: ""), [1, 2, 3, 4, 5, 6]), (FileQuery(name: "report.pdf"), [4]),
        (FileQuery(search: "REPORT"), [1, 4]), (FileQuery(search: "0%"), [2]), (FileQuery(search: "_b\\"), [3]),
        (FileQuery(search: "é 🙂"), [5]), (FileQuery(search: "%"), [2]),
        (FileQuery(mediaTypes: .exactly("text/plain")), [2, 3]), (FileQuery(mediaTypes: .all(of: "text")), [2, 3, 6]),
        (FileQuery(mediaTypes: .all(of: "image")), [4]), (FileQuery(createdSince: third), [3, 4, 5, 6]),
        (FileQuery(createdUntil: third), [1, 2]), (FileQuery(minimumByteCount: 20), [1, 2, 5]),
        (FileQuery(maximumByteCount: 20), [2, 4, 5]), (FileQuery(minimumByteCount: 11, maximumByteCount: 29), [2, 5]),
        (FileQuery(minimumByteCount: 1 << 40), []), (FileQuery(maximumByteCount: 1 << 40), [1, 2, 4, 5]),
        (FileQuery(conversation: conversation), [2, 5]),
        (FileQuery(conversation: conversation, pathPrefix: "uploads/a/", minimumByteCount: 20), [5]),
      ]
      for (query, expected) in cases {
        #expect(numbers(try await open.rows.files(matching: query).elements) == expected, "\(query)")
        #expect(try await open.rows.count(query) == expected.count, "\(query)")
      }
    }
  }

  @Test(arguments: StoreUnderTest.allCases, FileQuery.Order.allCases)
  func `small pages give each order whole, rows without a value last`(
    _ kind: StoreUnderTest, _ order: FileQuery.Order
  ) async throws {
    try await kind.withOpen { open in
      try await insertSamples(into: open.rows)
      let expected: [Int] =
        switch order {
        case .newest: [6, 5, 4, 3, 2, 1]
        case .oldest, .byID: [1, 2, 3, 4, 5, 6]
        // By name it is the store's own order.
        case .name: numbers(try await open.rows.files(matching: FileQuery(order: .name)).elements)
        case .largest: [1, 2, 5, 4, 3, 6]
        case .smallest: [4, 2, 5, 1, 3, 6]
        case .path: [6, 4, 2, 5, 1, 3]
        }
      #expect(Set(expected).count == 6)
      for limit in 1...3 {
        var seen: [Int] = []
        var cursor: PageCursor?
        while true {
          let page = try await open.rows.files(matching: FileQuery(order: order), after: cursor, limit: limit)
          seen += numbers(page.elements)
          #expect(page.followingCount == 6 - seen.count)
          guard !page.isLast, let last = page.elements.last else { break }
          // Its text survives the program.
          cursor = PageCursor(PageCursor(after: last, in: order).description)
          try #require(cursor != nil)
        }
        #expect(seen == expected, "pages of \(limit)")
      }
      let other: FileQuery.Order = order == .path ? .name : .path
      let foreign = PageCursor(after: try row(1), in: other)
      #expect(
        await code { _ = try await open.rows.files(matching: FileQuery(order: order), after: foreign, limit: 1) }
          == .configuration)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `rows that come and go between pages neither repeat nor hide others`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      for number in 1...5 { _ = try await open.rows.insert([row(number * 10, byteCount: nil)]) }
      let query = FileQuery(order: .largest)
      let first = try await open.rows.files(matching: query, after: nil, limit: 2)
      _ = try await open.rows.insert([row(5, byteCount: nil), row(25, byteCount: 7)])
      _ = try await open.rows.insert([row(35, byteCount: nil)])
      let last = try #require(first.elements.last)
      let rest = try await open.rows.files(matching: query, after: PageCursor(after: last, in: .largest), limit: 9)
      #expect(numbers(first.elements) == [10, 20] && numbers(rest.elements) == [30, 35, 40, 50])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `links are counted, of those that have any`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      _ = try await open.rows.insert((1...3).map { try row($0) })
      for name in ["a", "b"] {
        let conversation = try await open.rows.createConversation(continuationID: name, title: nil).conversation
        _ = try await open.rows.link(name == "a" ? [id(1), id(2)] : [id(1)], to: conversation)
      }
      #expect(try await open.rows.linkCounts(of: (1...9).map { try id($0) }) == [id(1): 2, id(2): 1])
      #expect(try await open.rows.linkCounts(of: [id(3)]) == [:])
      #expect(try await open.rows.linkCounts(of: []) == [:])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `metadata change only from what they were`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      var old = FileMetadata(sha256: "ab", other: ["n": .number(0.1), "o": .object(["b": .integer(1), "a": .null])])
      _ = try await open.rows.insert([row(1, metadata: old)])
      var new = old
      new.expiresAt = "2027-01-01T00:00:00Z"
      #expect(try await open.rows.updateMetadata(of: id(1), from: FileMetadata(), to: new) == false)
      #expect(try await open.rows.updateMetadata(of: id(2), from: old, to: new) == false)
      old.other["n"] = .number(0.2)
      #expect(try await open.rows.updateMetadata(of: id(1), from: old, to: new) == false)
      old.other["n"] = .number(0.1)
      #expect(try await open.rows.updateMetadata(of: id(1), from: old, to: new))
      #expect(try await open.rows.files(ids: [id(1)]).first?.metadata == new)
      #expect(try await open.rows.updateMetadata(of: id(1), from: old, to: new) == false)
    }
  }
}

extension FileID {
  fileprivate static func < (left: FileID, right: FileID) -> Bool { left.description < right.description }
}
