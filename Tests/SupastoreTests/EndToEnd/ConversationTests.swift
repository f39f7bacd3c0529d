import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct ConversationTests {
  private let supastore: Supastore

  init() throws {
    supastore = try Supastore()
  }

  private func run(_ arguments: String...) async throws -> JSONValue {
    let run = try await supastore.run(["conversation"] + arguments + ["--json"])
    try #require(run.exitStatus == 0, "\(run.errors)")
    return try #require(try run.documents.first)
  }

  @Test func `a conversation is made once, and found the second time`() async throws {
    let made = try await run("create", "projet/été", "--title", "A title", "--metadata", "a=1", "--metadata", "b=x=y")
    #expect(made["status"] == "created" && made["continuation_id"] == "projet/été" && made["title"] == "A title")
    #expect(made["metadata"] == ["a": "1", "b": "x=y"])
    #expect(made["created_at"]?.string?.isEmpty == false && made["updated_at"] == made["created_at"])
    let again = try await run("create", "projet/été", "--title", "Another")
    #expect(again["status"] == "existing" && again["id"] == made["id"] && again["title"] == "A title")
    let byUUID = try await run("create", try #require(made["id"]?.string))
    #expect(byUUID["status"] == "existing" && byUUID["continuation_id"] == "projet/été")
    let untitled = try await supastore("conversation", "create", "7d3f5a60-long-one")
    #expect(untitled.output.wholeMatch(of: #/created [0-9a-f-]{36} 7d3f5a60-long-one\n/#) != nil)
    #expect(try await run("show", "7d3f5a60-long-one")["title"] == "Conversation 7d3f5a60")
    for arguments in [["create"], ["create", ""], ["create", "x", "--metadata", "novalue"], ["create", "x", "y"]] {
      #expect(try await supastore.run(["conversation"] + arguments).exitStatus == 2)
    }
  }

  @Test func `a list goes from new to old, page by page, and finds text in title and id`() async throws {
    try supastore.project.query(
      """
      insert into conversations (continuation_id, title, created_at)
      select 'id ' || n, case n % 2 when 0 then 'Code 100% review ' || n end,
        case when n > 3 then timestamptz '2025-01-01' + (n / 3) * interval '1 s' end from generate_series(1, 40) n
      """)
    let expected = try supastore.project.query(
      "select continuation_id from conversations order by created_at desc nulls last, id desc"
    ).map { $0[0] ?? "" }
    var (found, cursor): ([String], String?) = ([], nil)
    repeat {
      let run = try await supastore.run(
        ["conversation", "list", "--json", "--limit", "7"] + (cursor.map { ["--cursor", $0] } ?? []))
      found += try run.documents("conversation").map { $0["continuation_id"]?.string ?? "" }
      let page = try #require(try run.documents.last)
      #expect(page["total"] == (cursor == nil ? 40 : .null))
      cursor = page["next"]?.string
    } while cursor != nil
    #expect(found == expected)
    for (text, count) in [
      ("CODE 100% REVIEW", 20), ("100%R", 0), ("id 1", 11), ("ID 40", 1), ("_", 0), ("review 40", 1),
    ] {
      let run = try await supastore("conversation", "list", "--json", "--search", text)
      #expect(try run.documents("conversation").count == count, "\(text)")
    }
    var reviews: [String] = []
    repeat {
      let run = try await supastore.run(
        ["conversation", "list", "--json", "--limit", "7", "--search", "review"]
          + (cursor.map { ["--cursor", $0] } ?? []))
      reviews += try run.documents("conversation").map { $0["continuation_id"]?.string ?? "" }
      cursor = try run.documents.last?["next"]?.string
    } while cursor != nil
    #expect(reviews == expected.filter { ($0.split(separator: " ").last.flatMap { Int($0) } ?? 1) % 2 == 0 })
    let text = try await supastore("conversation", "list", "--limit", "1")
    #expect(
      text.output.wholeMatch(
        of: #/CONTINUATION ID {23}CREATED \(UTC\)     TITLE\nid (39|40) {33}2025-01-01 00:00  .*\n/#) != nil,
      "\(text.output)")
    #expect(text.errors.hasPrefix("supastore: more conversations follow: "))
    #expect(
      try await supastore("conversation", "list", "--search", "nosuch").errors == "supastore: no conversation matches\n"
    )
  }

  @Test func `a conversation is shown with its files and newest messages in the order of time`() async throws {
    try supastore.project.query("insert into conversations (continuation_id) values ('c1'), ('c2')")
    try supastore.project.query(
      """
      insert into messages (conversation_id, role, content, metadata, created_at)
      select id, case n % 2 when 0 then 'assistant' else 'user' end::message_role, 'm' || n, '{"n": 1}',
        timestamptz '2025-01-01' + n * interval '1 minute' from conversations, generate_series(1, 25) n
      where continuation_id = 'c1'
      """)
    try supastore.project.query("insert into files (storage_path, original_name) values ('a', 'a'), ('b', 'b')")
    try supastore.project.query(
      "insert into conversation_files (conversation_id, file_id) select c.id, f.id from conversations c, files f where c.continuation_id = 'c1'"
    )
    let newest = try await run("show", "c1", "--limit", "10")
    #expect(newest["files"] == 2 && newest["continuation_id"] == "c1")
    func contents(_ shown: JSONValue) -> [String]? { shown["messages"]?.array?.compactMap { $0["content"]?.string } }
    #expect(contents(newest) == (16...25).map { "m\($0)" })
    #expect(newest["messages"]?.array?.last?["role"] == "user")
    let earlier = try await run("show", "c1", "--limit", "10", "--before", try #require(newest["next"]?.string))
    #expect(contents(earlier) == (6...15).map { "m\($0)" })
    let first = try await run("show", "c1", "--limit", "10", "--before", try #require(earlier["next"]?.string))
    #expect(contents(first) == (1...5).map { "m\($0)" } && first["next"] == .null)
    #expect(contents(try await run("show", "c1"))?.count == 20)
    let uuid = try #require(newest["id"]?.string)
    #expect(try await run("show", uuid)["continuation_id"] == "c1")
    #expect(contents(try await run("show", "c2")) == [])
    #expect(try await supastore("conversation", "show", "nosuch").exitStatus == 4)
    #expect(try await supastore("conversation", "show", "c1", "--before", "garbage").exitStatus == 2)
    let text = try await supastore("conversation", "show", "c1", "--limit", "1")
    #expect(text.output.hasSuffix("\nfiles         2\n\nuser, 2025-01-01 00:25\n  m25\n"), "\(text.output)")
    #expect(text.errors.hasPrefix("supastore: there are messages before these: show them with --before "))
  }

  @Test func `what messages hold can neither move the cursor nor pass for something else`() async throws {
    try supastore.project.query(
      "insert into conversations (continuation_id, title) values ('c1', E'\\u001b]0;title\\u0007')")
    try supastore.project.query(
      """
      insert into messages (conversation_id, role, content)
      select id, 'user', E'one\\n\\nsystem, 2025-01-01 00:00\\n\\u001b[2J\\rgone\\u202e' from conversations
      """)
    let text = try await supastore("conversation", "show", "c1")
    #expect(
      text.output.hasSuffix(
        "\n  one\n  \n  system, 2025-01-01 00:00\n  \\x1b[2J\\x0dgone\\xe2\\x80\\xae\n"), "\(text.output)")
    #expect(text.output.contains("title         \\x1b]0;title\\x07\n"))
    #expect(try await supastore("conversation", "list").output.contains("\\x1b]0;title\\x07"))
    let shown = try await run("show", "c1")
    #expect(shown["messages"]?.array?.first?["content"] == "one\n\nsystem, 2025-01-01 00:00\n\u{1b}[2J\rgone\u{202e}")
  }
}
