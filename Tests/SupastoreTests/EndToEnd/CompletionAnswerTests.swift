import TestSupport
import Testing

/// What the program answers to the completion scripts.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct CompletionAnswerTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
  }

  private func answer(_ value: String, _ prefix: String, from supastore: Supastore? = nil) async throws -> [String] {
    let run = try await (supastore ?? self.supastore)("__complete", "--", value, prefix)
    #expect(run.exitStatus == 0 && run.errors == "")
    return run.output.split(separator: "\n").map(String.init)
  }

  @Test func `stored files are completed by storage path and by id`() async throws {
    try await supastore.setUp()
    for name in ["a.txt", "b.txt"] { try tree.write(name.utf8, to: name) }
    var ids: [String] = []
    var paths: [String] = []
    for (name, conversation) in [("a.txt", "c1"), ("b.txt", "c2")] {
      let file = try #require(
        try await supastore("upload", "--json", tree[name], "--conversation", conversation).documents.first)
      ids.append(try #require(file["id"]?.string))
      paths.append(try #require(file["storage_path"]?.string))
    }
    #expect(try await answer("file", "") == [paths[1], paths[0]])
    #expect(try await answer("file", "uploads/c1/") == [paths[0]])
    #expect(try await answer("file", String(ids[0].prefix(20))) == [ids[0]])
    #expect(try await answer("file", String(ids[0].prefix(8)).uppercased()) == [ids[0]])
    #expect(try await answer("file", "uploads/%") == [])
  }

  @Test func `conversations are completed by continuation id, and at most fifty`() async throws {
    try supastore.project.query(
      """
      insert into conversations (continuation_id, created_at)
      select 'many-' || n, now() + n * interval '1 second' from generate_series(1, 60) n
      """)
    try supastore.project.query("insert into conversations (continuation_id) values ('a b'), ('a_b'), (E'a\\nb')")
    #expect(try await answer("conversation", "many-").count == 50)
    #expect(try await answer("conversation", "many-6") == ["many-60", "many-6"])
    #expect(Set(try await answer("conversation", "a")) == ["a b", "a_b"])
    #expect(try await answer("conversation", "a_") == ["a_b"])
  }

  @Test func `what cannot be answered is answered with nothing`() async throws {
    #expect(try await answer("conversation", "", from: supastore.with(["SUPABASE_URL": nil])) == [])
    #expect(try await answer("file", "", from: supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"])) == [])
    #expect(try await answer("file", "", from: supastore.with(["SUPABASE_SERVICE_ROLE_KEY": "sb_secret_wrong"])) == [])
    #expect(try await supastore("__complete", "--env-file", "nosuch", "file", "").output == "")
  }

  @Test func `a project that does not answer is given up after a second`() async throws {
    supastore.project.add(StandInInstance.Fault(.stall, on: "GET /rest/v1/conversations"))
    let start = ContinuousClock.now
    #expect(try await answer("conversation", "") == [])
    // The time limit of any other request is 30 seconds.
    #expect(start.duration(to: .now) < .seconds(15))
  }

  @Test func `commands and topics of the help are completed without a project`() async throws {
    let alone = supastore.with(["SUPABASE_URL": nil, "SUPABASE_SERVICE_ROLE_KEY": nil])
    #expect(try await answer("subject", "mi", from: alone) == ["migrate"])
    #expect(try await answer("subject", "e", from: alone) == ["exit-codes", "environment"])
    #expect(try await answer("subject", "__", from: alone) == [])
  }

  @Test func `the command that answers is shown nowhere`() async throws {
    for line in [["help"], ["help", "help"], ["help", "--markdown"], ["nosuch"]] {
      let run = try await supastore.run(line)
      #expect(!(run.output + run.errors).contains("__complete"))
    }
    #expect(try await supastore("__complet").errors.contains("help' lists the commands"))
  }
}
