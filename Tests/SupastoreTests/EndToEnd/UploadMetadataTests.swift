import FoundationEssentials
import TestSupport
import Testing

/// What storing a file again makes of its row.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct UploadMetadataTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    try tree.write("one".utf8, to: "root/a.txt")
  }

  private func upload(_ arguments: String...) async throws -> JSONValue {
    let run = try await supastore.run(["upload", "--json", tree["root/a.txt"], "--conversation", "root"] + arguments)
    try #require(run.exitStatus == 0, "\(run.errors)")
    return try #require(try run.documents("file").first)
  }

  private func metadata(_ key: String) throws -> String? {
    try supastore.project.query("select metadata->>$1 from files", key)[0][0]
  }

  @Test func `keys are added and changed, those of others stay`() async throws {
    try await supastore.setUp()
    #expect(try await upload("--metadata", "tool=chat", "--metadata", "step=1")["updated"] == .array([]))
    #expect(try metadata("tool") == "chat")
    try supastore.project.query(
      """
      update files set metadata = metadata || '{"provider":{"id":1.50},"n":12345678901234567890123,"tags":["a",null]}'
      """)
    supastore.project.forgetRequests()
    let same = try await upload("--metadata", "tool=chat")
    #expect(same["status"] == "unchanged" && same["updated"] == .array([]))
    #expect(!supastore.project.requests().contains { $0.method == "PATCH" })
    let file = try await upload("--metadata", "step=2", "--metadata", "empty=")
    #expect(file["status"] == "unchanged" && file["updated"] == .array(["empty", "step"]))
    #expect(try metadata("step") == "2" && metadata("empty") == "" && metadata("tool") == "chat")
    #expect(
      try supastore.project.query(
        """
        select metadata @> '{"provider":{"id":1.5},"n":12345678901234567890123,"tags":["a",null]}' from files
        """) == [["t"]])
    let text = try await supastore("upload", tree["root/a.txt"], "--conversation", "root", "--metadata", "step=3")
    #expect(text.output.hasSuffix(", updated: step\n") && text.output.hasPrefix("unchanged "))
    #expect(try supastore.counts() == StoredCounts(each: 1))
  }

  @Test func `a row without metadata gets them`() async throws {
    try await supastore.setUp()
    _ = try await upload()
    for value in ["null", "'{}'"] {
      try supastore.project.query("update files set metadata = \(value)")
      #expect(try await upload("--metadata", "a=1")["updated"] == .array(["a"]))
      #expect(try supastore.project.query("select metadata::text from files") == [[#"{"a": "1"}"#]])
    }
  }

  @Test func `the later expiry holds, and none is the latest`() async throws {
    try await supastore.setUp()
    _ = try await upload("--expires", "30d")
    let first = try #require(try metadata("expires_at"))
    let age = try #require(
      try supastore.project.query(
        "select extract(epoch from (metadata->>'expires_at')::timestamptz - now()) from files")[
          0][0].flatMap(Double.init))
    #expect(abs(age - 30 * 86_400) < 60)
    #expect(try await upload("--expires", "1d")["updated"] == .array([]))
    #expect(try metadata("expires_at") == first)
    #expect(try await upload("--expires", "2999-12-31")["updated"] == .array(["expires_at"]))
    #expect(try metadata("expires_at") == "2999-12-31T00:00:00Z")
    #expect(try await upload()["updated"] == .array(["expires_at"]))
    #expect(try metadata("expires_at") == nil)
    #expect(try await upload("--expires", "30d")["updated"] == .array([]))
    #expect(try metadata("expires_at") == nil)
  }

  @Test func `migrate takes an expiry away, too`() async throws {
    try await supastore.setUp()
    _ = try await upload("--expires", "30d", "--metadata", "kept=yes")
    let plan = try #require(try await supastore("migrate", "--dry-run", "--json", tree["root"]).documents.last)
    let run = try await supastore("migrate", "--json", tree["root"])
    #expect(try run.documents("file").first?["updated"] == .array(["expires_at"]))
    #expect(try run.summary["unchanged"] == 1 && run.summary["requests"] == plan["requests"])
    #expect(try metadata("expires_at") == nil && metadata("kept") == "yes")
  }

  @Test func `the service's clock counts, not ours`() async throws {
    try await supastore.setUp()
    var fault = StandInInstance.Fault(.status, on: "GET /storage/v1/bucket/user-files")
    fault.status = 200
    fault.headers = ["Date": "Wed, 01 Jan 2098 00:00:00 GMT"]
    fault.body = """
      {"id":"user-files","name":"user-files","owner":"","public":false,"file_size_limit":52428800,\
      "allowed_mime_types":null,"created_at":"2025-10-15T00:00:00.000Z","updated_at":"2025-10-15T00:00:00.000Z",\
      "type":"STANDARD"}
      """
    supastore.project.add(fault)
    _ = try await upload("--expires", "1d")
    #expect(try metadata("expires_at")?.hasPrefix("2098-01-02T00:00:0") == true)
    let past = try await supastore("upload", tree["root/a.txt"], "--expires", "2020-01-01")
    #expect(past.exitStatus == 2 && past.output == "")
  }
}
