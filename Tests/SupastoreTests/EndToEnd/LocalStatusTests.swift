import FoundationEssentials
import TestSupport
import Testing

/// `supastore status` without Supabase.
@Suite(.timeLimit(.minutes(5))) struct LocalStatusTests {
  private let supastore: LocalSupastore

  init() throws {
    supastore = try LocalSupastore().with(["SUPASTORE_CACHE_DIR": "cache"])
  }

  @Test func `nothing stored is nothing made`() async throws {
    let run = try await supastore("status", "--json")
    #expect(run.exitStatus == 0 && run.errors == "")
    let status = try #require(try run.documents.first)
    #expect(status["mode"] == "local" && status["backend"] == "local" && status["url"] == .null)
    #expect(status["local"] == .null && status["usage"]?["files"] == 0 && status["runs"]?.array == [])
    #expect(status["cache"]?["files"] == 0)
    #expect(try await supastore("status").output.contains("local store  none\n"))
    for name in ["state", "cache"] { #expect(!FileManager.default.fileExists(atPath: supastore.directory[name])) }
  }

  @Test func `equal contents count once, and nothing that waits is warned of`() async throws {
    try supastore.writeFiles(0..<3)
    try supastore.directory.write("file 1".utf8, to: "root/again.txt")
    #expect(try await supastore("migrate", "root").exitStatus == 0)
    let limited = supastore.with(["SUPASTORE_QUOTA": "100"])
    let run = try await limited("status", "--json")
    #expect(run.exitStatus == 0 && run.errors == "")
    let status = try #require(try run.documents.first)
    #expect(status["local"]?["files"] == 4 && status["local"]?["blobs"] == 3 && status["local"]?["bytes"] == 18)
    #expect(status["usage"]?["files"] == 4 && status["usage"]?["bytes"] == 24)
    #expect(status["waiting"]?["files"] == 4 && status["waiting"]?["conversations"] == 1)
    #expect(status["runs"]?.array?.map { $0["stored"] } == [4])
    let text = try await limited("status").output
    for line in [
      "mode         local", "waiting      1 conversation, 4 files; 24 B, until a project is set",
      "used         4 files, 24 B of 100 B, 24 %",
      "             user-files, user_upload: 4 files, 24 B", "local store  4 files, 3 contents, 18 B in ",
    ] {
      #expect(text.contains(line), "\(text)")
    }
  }

  @Test func `a damaged store is told once, and the cache is shown`() async throws {
    try supastore.writeFiles(0..<1)
    #expect(try await supastore("migrate", "root").exitStatus == 0)
    try supastore.directory.write([UInt8](repeating: 0, count: 4096), to: "state/local/store.sqlite")
    let run = try await supastore("status", "--json")
    #expect(run.exitStatus == 12)
    let status = try #require(try run.documents.first)
    #expect(status["local_error"]?["code"] == "damaged" && status["usage_error"]?["code"] == "damaged")
    #expect(status["warnings"]?.array?.count == 1 && status["cache"]?["files"] == 0)
    #expect(status["runs"]?.array?.count == 1)
  }
}
