import TestSupport
import Testing

@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct InfoTests {
  private let supastore: Supastore
  private let directory: TemporaryDirectory

  init() throws {
    supastore = try Supastore()
    directory = try TemporaryDirectory()
    try directory.write("some notes".utf8, to: "notes.txt")
  }

  private func upload() async throws -> JSONValue {
    try await supastore.setUp()
    return try #require(
      try await supastore("upload", "--json", "--conversation", "c1", directory["notes.txt"]).documents.first)
  }

  @Test func `a file is shown with its conversations and its object`() async throws {
    let file = try await upload()
    let (id, path) = (try #require(file["id"]?.string), try #require(file["storage_path"]?.string))
    try supastore.project.query("update files set metadata = metadata || '{\"note\": \"by hand\"}'")
    for reference in [id, path] {
      let run = try await supastore("info", "--json", reference)
      #expect(run.exitStatus == 0)
      let info = try #require(try run.documents.first)
      #expect(info["id"]?.string == id && info["sha256"] == file["sha256"] && info["state"] == "present")
      #expect(info["object"]?["size_bytes"] == 10 && info["object"]?["etag"]?.string?.isEmpty == false)
      #expect(info["object"]?["version"]?.string?.isEmpty == false)
      #expect(info["conversations"]?.array?.map { $0["continuation_id"]?.string } == ["c1"])
      #expect(info["metadata"]?["note"] == "by hand")
    }
    let text = try await supastore("info", id)
    #expect(text.exitStatus == 0)
    for line in [
      "id            \(id)", "name          notes.txt", "size          10 B (10 bytes)", "conversation  c1",
      "object        present", #"metadata      {"note":"by hand"}"#,
    ] {
      #expect(text.output.split(separator: "\n").contains(Substring(line)), "\(text.output)")
    }
  }

  @Test func `an object that is missing or of another size is a difference`() async throws {
    let id = try #require(try await upload()["id"]?.string)
    try supastore.project.query("update files set size_bytes = 11")
    let different = try await supastore("info", "--json", id)
    #expect(different.exitStatus == 8 && different.errors == "")
    #expect(try different.documents.first?["state"] == "different_size")
    #expect(
      try await supastore("info", id).output.contains("object        of another size than the row says: 10 bytes\n"))
    try supastore.project.query("update files set size_bytes = null")
    #expect(try await supastore("info", id).exitStatus == 0)
    try supastore.project.query(
      "do $$ begin perform set_config('storage.allow_delete_query','true',true); delete from storage.objects; end $$")
    let missing = try await supastore("info", "--json", id)
    #expect(missing.exitStatus == 8)
    #expect(try missing.documents.first?["state"] == "missing" && missing.documents.first?["object"] == .null)
    #expect(try await supastore("info", id).output.contains("object        missing: "))
  }

  @Test func `without a row there is nothing to show`() async throws {
    for reference in ["nosuch", "0d1f6f0e-5a3c-8b6e-9f7a-3c1d2e4f5a6b"] {
      let run = try await supastore("info", "--json", reference)
      #expect(run.exitStatus == 4 && run.output == "")
      #expect(try run.error?["code"] == "not_found")
    }
    #expect(try await supastore("info").exitStatus == 2)
  }
}
