import StorageEngine
import StorageFormats
import StorageModel
import StoragePlaces
import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ConversationConformance {
  @Test(arguments: StoreUnderTest.allCases)
  func `a conversation is made once and found by either id, its continuation id first`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.withOpen { open in
      #expect(try await open.rows.conversation(continuationID: "c1") == nil)
      let (made, isNew) = try await open.rows.createConversation(
        continuationID: "c1", title: "T", metadata: ["n": .integer(1)])
      #expect(isNew && made.title == "T" && made.metadata == ["n": .integer(1)] && made.createdAt == made.updatedAt)
      let again = try await open.rows.createConversation(continuationID: "c1", title: "U", metadata: [:])
      #expect(!again.isNew && again.conversation == made)
      #expect(try await open.rows.conversation(continuationID: made.id) == made)
      #expect(try await open.rows.conversation(continuationID: made.id.uppercased()) == made)
      let byRow = try await open.rows.createConversation(continuationID: made.id, title: nil)
      #expect(!byRow.isNew && byRow.conversation == made)
      let other = "5b4ac9cd-b5fc-4d3f-bb55-06d4e3b0f3a1"
      let untitled = try await open.rows.createConversation(continuationID: other, title: nil).conversation
      #expect(untitled.title == "Conversation 5b4ac9cd" && untitled.continuationID == other && untitled.id != other)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `conversations are listed newest first, and searched`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      for (name, title) in [("a_1", "Tax % return"), ("a%2", "tax"), ("b-Tax", nil), ("a_3", "x")] {
        _ = try await open.rows.createConversation(continuationID: name, title: title)
      }
      func names(_ query: ConversationQuery) async throws -> [String] {
        try await open.rows.conversations(matching: query, after: nil, limit: 10).elements.map(\.continuationID)
      }
      #expect(try await names(ConversationQuery()) == ["a_3", "b-Tax", "a%2", "a_1"])
      #expect(try await names(ConversationQuery(search: "TAX")) == ["b-Tax", "a%2", "a_1"])
      #expect(try await names(ConversationQuery(search: "%")) == ["a%2", "a_1"])
      #expect(try await names(ConversationQuery(continuationIDPrefix: "a_")) == ["a_3", "a_1"])
      #expect(try await names(ConversationQuery(continuationIDPrefix: "A")) == [])
      var seen: [String] = []
      var cursor: PageCursor?
      repeat {
        let page = try await open.rows.conversations(matching: ConversationQuery(), after: cursor, limit: 3)
        seen += page.elements.map(\.continuationID)
        #expect(page.followingCount == 4 - seen.count)
        cursor = page.isLast ? nil : page.elements.last.map { PageCursor(after: $0) }
      } while cursor != nil
      #expect(seen == ["a_3", "b-Tax", "a%2", "a_1"])
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `messages are inserted once, read from the newest, and need their conversation`(
    _ kind: StoreUnderTest
  ) async throws {
    try await kind.withOpen { open in
      let conversation = try await open.rows.createConversation(continuationID: "c", title: nil).conversation
      for number in 1...5 {
        let message = Message(
          id: try id(number).description, role: number % 2 == 0 ? .assistant : .user, content: "m\(number)\n🙂",
          metadata: ["n": .integer(Int64(number))])
        #expect(try await open.rows.insert(message, into: conversation))
        #expect(try await open.rows.insert(message, into: conversation) == false)
      }
      let newest = try await open.rows.messages(of: conversation, before: nil, limit: 2)
      #expect(newest.elements.map(\.content) == ["m5\n🙂", "m4\n🙂"] && newest.followingCount == 3)
      #expect(newest.elements[0].role == .user && newest.elements[1].metadata == ["n": .integer(4)])
      let cursor = try #require(newest.elements.last.map { PageCursor(before: $0) })
      let earlier = try await open.rows.messages(of: conversation, before: cursor, limit: 9)
      #expect(earlier.elements.map(\.content) == ["m3\n🙂", "m2\n🙂", "m1\n🙂"] && earlier.isLast)
      let gone = Conversation(id: try id(77).description, continuationID: "gone")
      let message = Message(id: try id(78).description, role: .system, content: "x")
      #expect(await code { _ = try await open.rows.insert(message, into: gone) } == .notFound)
      #expect(try await open.rows.messages(of: gone, before: nil, limit: 1).elements.isEmpty)
    }
  }

  @Test(arguments: StoreUnderTest.allCases)
  func `links are made and taken away once, all of them or none`(_ kind: StoreUnderTest) async throws {
    try await kind.withOpen { open in
      let (one, _) = try await open.rows.createConversation(continuationID: "one", title: nil)
      let (two, _) = try await open.rows.createConversation(continuationID: "two", title: nil)
      _ = try await open.rows.insert((1...4).map { try row($0) })
      #expect(try await open.rows.link([id(1), id(2)], to: one) == [id(1), id(2)])
      #expect(try await open.rows.link([id(2), id(3)], to: one) == [id(3)])
      #expect(try await open.rows.link([id(1)], to: two) == [id(1)])
      // One that is not there keeps the others out.
      #expect(await code { _ = try await open.rows.link([id(4), id(9)], to: one) } == .notFound)
      let gone = Conversation(id: try id(77).description, continuationID: "gone")
      #expect(await code { _ = try await open.rows.link([id(4)], to: gone) } == .notFound)
      #expect(try await open.rows.linkedFiles(of: one, after: nil).elements == [id(1), id(2), id(3)])
      #expect(try await open.rows.linkedFiles(of: one, after: id(2)).elements == [id(3)])
      #expect(try await open.rows.conversations(of: id(1)).map(\.continuationID) == ["two", "one"])
      #expect(try await open.rows.unlink([id(1), id(4)], from: one) == [id(1)])
      #expect(try await open.rows.unlink([id(1)], from: one) == [])
      #expect(try await open.rows.conversations(of: id(1)).map(\.continuationID) == ["two"])
      #expect(try await open.rows.count(FileQuery()) == 4)
    }
  }
}
