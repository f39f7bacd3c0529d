import FoundationEssentials
import TestSupport
import Testing

/// Supabase's official Python client sees what supastore stores, and supastore what the client stores.
/// `scripts/test` makes the client and names its Python in WITNESS_PYTHON.
@Suite(.standIn, .enabled(if: Witness.python != nil, "needs Supabase's Python client: run scripts/test"))
struct WitnessTests {
  @Test func `the official client finds every migrated file with its digest, row and link`() async throws {
    let directory = try TemporaryDirectory()
    let contents: [String: [UInt8]] = [
      "report.pdf": Array("%PDF-1.7 report".utf8), "empty": [], "sub/dir/über – 100%?.txt": Array("ü".utf8),
      "sub/dir/naïve \"quoted\"\n#.md": Array("line".utf8), "large.bin": (0..<3_000_000).map { UInt8($0 % 251) },
      ".profile": Array("export".utf8),
    ]
    for (name, content) in contents { try directory.write(content, to: "tree/\(name)") }
    try await supastore("setup")
    try await supastore("migrate", directory["tree"], "--conversation", "witnessed")

    let found = try await found("witnessed")
    var digests: [String] = []
    for content in contents.values {
      digests.append(String(try await Program.run(["sha256sum"], input: content).output.prefix(64)))
    }
    #expect(found.map(\.sha256).sorted() == digests.sorted())
    #expect(found.map(\.byteCount).sorted() == contents.values.map(\.count).sorted())
    for file in found {
      #expect(file.rows.map(\.sha256) == [file.sha256] && file.rows.map(\.isLinked) == [true], "\(file.path)")
    }
  }

  @Test func `the official client sees what upload was told of a file`() async throws {
    let directory = try TemporaryDirectory()
    let chart = try directory.write(Array("not really a picture".utf8), to: "chart.png")
    try await supastore("setup")
    try await supastore(
      "upload", chart, "--conversation", "told", "--metadata", "tool=chat", "--metadata", "note=ü = \"quoted\"",
      "--expires", "2099-12-31T10:00:00+02:00")
    try await supastore("upload", "data:text/markdown,%23%20Title", "--name", "title", "--conversation", "told")

    let files = try await found("told")
    let told = try #require(files.first { $0.path.contains("chart") })
    #expect(told.contentType == "image/png" && told.rows.map(\.mediaType) == ["image/png"])
    #expect(told.rows.map(\.isLinked) == [true])
    let metadata = try #require(told.rows.first).metadata
    #expect(metadata["tool"] == "chat" && metadata["note"] == "ü = \"quoted\"")
    #expect(metadata["expires_at"] == "2099-12-31T08:00:00Z")
    #expect(metadata["sha256"]?.string == told.sha256 && metadata["continuation_id"] == "told")
    let title = try #require(files.first { $0.path.contains("title") })
    #expect(title.contentType == "text/markdown" && title.rows.map(\.mediaType) == ["text/markdown"])
    #expect(title.rows.map(\.isLinked) == [true] && title.rows.first?.metadata["expires_at"] == nil)

    // Linking shares a file on purpose: the other conversation has it, and nothing was stored again.
    try await supastore("link", "--conversation", "shared", told.path)
    #expect(try await witness("links", "shared").split(separator: "\n").map(String.init) == [told.path])
  }

  @Test func `supastore lists and fetches what the official client stored`() async throws {
    let directory = try TemporaryDirectory()
    let content = Array("stored the way the guide shows\n".utf8)
    let file = try directory.write(content, to: "notes from the guide.txt")
    try await supastore("setup")
    let id = try await witness("store", "guide", file).prefix { !$0.isNewline }

    let listed = try await supastore("list", "--conversation", "guide", "--json")
    let row = try JSONDecoder().decode(Witness.Row.self, from: Data(listed.output.prefix { !$0.isNewline }.utf8))
    #expect(
      row.id == String(id) && row.path == "uploads/guide/notes from the guide.txt" && row.byteCount == content.count)
    for (reference, copy) in [(row.id, "by-id"), (row.path, "by-path")] {
      let download = try await supastore("download", reference, "--output", directory[copy])
      #expect(try directory.read(copy) == content)
      #expect(download.errors.contains("holds no digest"))
    }
  }

  @Test func `test 4 of the guide: a deleted conversation takes its file with it`() async throws {
    let directory = try TemporaryDirectory()
    let schema = try await supastore("schema")
    let psql = try await Program.run(
      ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", StandInInstance.current.databaseURL],
      input: Array(schema.output.utf8))
    try #require(psql.exitStatus == 0, "\(psql.errors)")
    try await supastore("setup")
    for name in ["now", "later"] {
      let file = try directory.write(Array("content of \(name)".utf8), to: name)
      let conversation = "cascade-\(name)"
      try await supastore("upload", file, "--conversation", conversation)
      let path = try #require(try await found(conversation).first?.path)
      let stored: JSONValue = [
        "listed": true, "downloaded": .number(Double(11 + name.utf8.count)), "rows": 1, "conversations": 1, "links": 1,
      ]
      #expect(try await seen(conversation, path) == stored)
      try await supastore(
        ["conversation", "delete", "--yes", conversation] + (name == "now" ? ["--now"] : []))
      let gone: JSONValue = [
        "listed": false, "downloaded": "not_found", "rows": 0, "conversations": 0, "links": 0,
      ]
      if name == "later" {
        let trashed = try await seen(conversation, path)
        #expect(trashed["rows"] == 0 && trashed["conversations"] == 0 && trashed["links"] == 0)
        try await supastore("trash", "purge", "--yes", "--conversation", conversation)
      }
      #expect(try await seen(conversation, path) == gone)
      let download = try await Program.run(
        [Program.product("supastore"), "download", path, "-o", "-"], environment: StandInInstance.current.environment)
      #expect(download.exitStatus == 4)
    }
  }

  private func seen(_ continuationID: String, _ path: String) async throws -> JSONValue {
    try JSONValue(line: try await witness("seen", continuationID, path))
  }

  /// The files of a conversation as the official client finds them.
  private func found(_ continuationID: String) async throws -> [Witness.File] {
    try await witness("find", continuationID).split(separator: "\n").map {
      try JSONDecoder().decode(Witness.File.self, from: Data($0.utf8))
    }
  }

  @discardableResult
  private func supastore(_ arguments: String...) async throws -> Program.Outcome {
    try await supastore(arguments)
  }

  @discardableResult
  private func supastore(_ arguments: [String]) async throws -> Program.Outcome {
    let outcome = try await Program.run(
      [Program.product("supastore")] + arguments, environment: StandInInstance.current.environment)
    try #require(outcome.exitStatus == 0, "\(arguments): \(outcome.errors)")
    return outcome
  }

  private func witness(_ arguments: String...) async throws -> String {
    let outcome = try await Program.run(
      [try #require(Witness.python), Witness.script] + arguments, environment: StandInInstance.current.environment)
    try #require(outcome.exitStatus == 0, "\(arguments): \(outcome.errors)")
    return outcome.output
  }
}

private enum Witness {
  static let python = ProcessInfo.processInfo.environment["WITNESS_PYTHON"]

  static let script = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../scripts/witness/client.py").path()

  /// A line of `find`.
  struct File: Decodable {
    let path: String
    let sha256: String
    let byteCount: Int
    /// Of the object.
    let contentType: String
    let rows: [FoundRow]

    struct FoundRow: Decodable {
      let sha256: String?
      let mediaType: String?
      let isLinked: Bool
      let metadata: [String: JSONValue]

      enum CodingKeys: String, CodingKey {
        case sha256
        case mediaType = "mime_type"
        case isLinked = "linked"
        case metadata
      }
    }

    enum CodingKeys: String, CodingKey {
      case path = "storage_path"
      case sha256
      case byteCount = "size_bytes"
      case contentType = "content_type"
      case rows
    }
  }

  /// A line of `supastore list --json`.
  struct Row: Decodable {
    let id: String
    let path: String
    let byteCount: Int

    enum CodingKeys: String, CodingKey {
      case id
      case path = "storage_path"
      case byteCount = "size_bytes"
    }
  }
}
