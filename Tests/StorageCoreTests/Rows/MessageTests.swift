import StorageEngine
import StorageFormats
import StorageModel
import StoragePlaces
import TestSupport
import Testing

/// The storage manager's operations on conversations and messages.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct MessageTests {
  private let fixture: MigrationFixture

  init() throws {
    fixture = try MigrationFixture()
  }

  @Test func `ids follow the recipe`() throws {
    let vectors: [(String, Message.Role, String, String, String)] = [
      ("c1", .user, "hello", "1", "6bfa3467-69fb-8737-aa5d-be7b5af9baed"),
      (
        "projet/été", .assistant, "two\nlines 🙂", "2026-01-31T10:00:00Z", "405f8cd9-f338-893c-8400-533565ced166"
      ), ("c1", .system, "", "", "31ec841e-c0d9-8c29-9b1a-cabad5b6490d"),
    ]
    for (continuationID, role, content, key, id) in vectors {
      #expect(try Message(to: continuationID, role: role, content: content, metadata: [:], key: key).id == id)
    }
  }

  @Test func `a conversation saved again is the same row, and is found by either id`() async throws {
    try await fixture.open { open in
      let (made, isNew, _) = try await open.saveConversation(
        "c1", title: "T", metadata: ["n": .integer(9_007_199_254_740_993)])
      #expect(isNew && made.title == "T" && made.metadata == ["n": .integer(9_007_199_254_740_993)])
      let (again, isNewAgain, _) = try await open.saveConversation("c1", title: "U", metadata: [:])
      #expect(!isNewAgain && again == made)
      #expect(try await open.findConversation("c1") == made)
      #expect(try await open.findConversation(made.id.uppercased()) == made)
      #expect(try await open.findConversation("c2") == nil)
      await #expect(throws: StorageError.self) { try await open.saveConversation("") }
    }
  }

  @Test func `a message is stored once, however often it is saved`() async throws {
    try await fixture.open { open in
      let (conversation, _, _) = try await open.saveConversation("c1")
      let (other, _, _) = try await open.saveConversation("c2")
      let first = try await open.saveMessage(
        in: conversation, role: .user, content: "yes", metadata: ["a": .string("b")], key: "1")
      let second = try await open.saveMessage(in: conversation, role: .user, content: "yes", key: "1")
      #expect(first.isNew && !second.isNew && first.id == second.id)
      // Each part of the recipe makes another message.
      var ids = [first.id]
      ids.append(try await open.saveMessage(in: conversation, role: .user, content: "yes", key: "2").id)
      ids.append(try await open.saveMessage(in: conversation, role: .user, content: "yes.", key: "1").id)
      ids.append(try await open.saveMessage(in: conversation, role: .assistant, content: "yes", key: "1").id)
      ids.append(try await open.saveMessage(in: other, role: .user, content: "yes", key: "1").id)
      #expect(Set(ids).count == 5)
      let history = try await open.history(of: conversation)
      #expect(history.messages.map(\.id) == Array(ids.prefix(4)) && history.earlier == nil)
      #expect(history.messages[0].metadata == ["a": .string("b")] && history.messages[3].role == .assistant)
      #expect(try await open.history(of: other).messages.count == 1)
    }
  }

  @Test func `many who save the same message at once leave one`() async throws {
    try await fixture.open { open in
      let (conversation, _, _) = try await open.saveConversation("c1")
      let saved = try await withThrowingTaskGroup(of: Bool.self) { group in
        for _ in 0..<8 {
          group.addTask { try await open.saveMessage(in: conversation, role: .user, content: "hi", key: "k").isNew }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(saved.count == 8 && saved.count { $0 } == 1)
      #expect(try fixture.project.query("select from messages").count == 1)
    }
  }

  @Test func `an answer that is lost makes no second message`() async throws {
    try await fixture.open { open in
      let (conversation, _, _) = try await open.saveConversation("c1")
      fixture.project.add(StandInInstance.Fault(.dropAnswer, on: "POST /rest/v1/messages"))
      _ = try await open.saveMessage(in: conversation, role: .user, content: "hi", key: "k")
      #expect(try fixture.project.query("select content from messages") == [["hi"]])
    }
  }

  @Test func `a history is the newest in the order of time, and goes back page by page`() async throws {
    try await fixture.open { open in
      let (conversation, _, _) = try await open.saveConversation("c1")
      try fixture.project.query(
        """
        insert into messages (conversation_id, role, content, created_at)
        select $1::uuid, 'user', 'm' || n, case when n > 2 then timestamptz '2025-01-01' + (n / 4) * interval '1 us' end
        from generate_series(1, 2500) n
        """, conversation.id)
      let expected = try fixture.project.query("select content from messages order by created_at nulls first, id")
        .map { $0[0] ?? "" }
      let all = try await open.history(of: conversation, limit: 10_000)
      #expect(all.messages.map(\.content) == expected && all.earlier == nil)
      var (contents, cursor): ([String], PageCursor?) = ([], nil)
      repeat {
        let history = try await open.history(of: conversation, limit: 700, before: cursor)
        contents = history.messages.map(\.content) + contents
        cursor = history.earlier
      } while cursor != nil
      #expect(contents == expected)
      #expect(
        try await open.history(of: conversation, limit: 1500).messages.map(\.content) == Array(expected.suffix(1500)))
    }
  }

  @Test func `a conversation that is gone takes no message`() async throws {
    try await fixture.open { open in
      let (conversation, _, _) = try await open.saveConversation("c1")
      try fixture.project.query("delete from conversations")
      let error = await #expect(throws: StorageError.self) {
        try await open.saveMessage(in: conversation, role: .user, content: "hi", key: "k")
      }
      #expect(error?.code == .notFound)
    }
  }

  @Test func `one file is linked, and said not to be stored`() async throws {
    try fixture.project.query("insert into files (storage_path, original_name) values ('a', 'a')")
    try await fixture.open { open in
      let isNew = try await open.link(.storagePath("a"), to: "c1")
      let isNewAgain = try await open.link(.storagePath("a"), to: "c1")
      #expect(isNew && !isNewAgain)
      let error = await #expect(throws: StorageError.self) { try await open.link(.storagePath("b"), to: "c1") }
      #expect(error?.code == .notFound)
    }
  }
}
