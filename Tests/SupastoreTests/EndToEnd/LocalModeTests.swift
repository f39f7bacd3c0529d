import FoundationEssentials
import TestSupport
import Testing

/// With nothing configured every command works, in the local store.
@Suite(.timeLimit(.minutes(5))) struct LocalModeTests {
  private let supastore: LocalSupastore

  init() throws {
    supastore = try LocalSupastore()
    try supastore.writeFiles(0..<5)
  }

  private let reason = "supastore: what is stored goes into the local store: SUPABASE_URL is not set\n"

  @Test func `a file is stored, found, linked, taken out and fetched`() async throws {
    let upload = try await supastore(
      "upload", "root/d1/f1.txt", "--conversation", "talk", "--metadata", "k=v", "--json")
    #expect(upload.exitStatus == 0 && upload.errors == reason)
    let file = try #require(try upload.documents("file").first)
    #expect(file["status"]?.string == "stored" && file["continuation_id"]?.string == "talk")
    #expect(try upload.summary["mode"]?.string == "local" && upload.summary["backend"]?.string == "local")
    #expect(try upload.summary["requests"]?.int == 0)
    let id = try #require(file["id"]?.string)

    let again = try await supastore(
      "upload", "root/d1/f1.txt", "--conversation", "talk", "--metadata", "k=w", "--quiet")
    #expect(again.output.hasPrefix("unchanged \(id) uploads/talk/f1.") && again.output.hasSuffix("updated: k\n"))
    #expect(again.errors.isEmpty)

    let info = try await supastore("info", id, "--json")
    #expect(info.exitStatus == 0 && info.errors.isEmpty)
    let row = try info.documents[0]
    #expect(row["state"]?.string == "present" && row["metadata"]?["k"]?.string == "w")
    #expect(row["backend"]?.string == "local" && row["created_at"]?.string?.hasSuffix("+00:00") == true)

    #expect(try await supastore("link", "--conversation", "other", id).output == "1 linked\n")
    #expect(try await supastore("link", "--conversation", "other", id).output == "1 linked already\n")
    #expect(try await supastore("list", "--conversation", "other", "--count").output == "1\n")
    #expect(try await supastore("unlink", "--conversation", "other", id).output == "1 unlinked\n")
    #expect(try await supastore("list", "--conversation", "other", "--count").output == "0\n")

    let path = try #require(file["storage_path"]?.string)
    #expect(try await supastore("download", id, "-o", "-").output == "file 1")
    #expect(try await supastore("download", path, "--tail", "3", "-o", "-").output == "e 1")
    #expect(try await supastore("download", path, "--range", "1-2", "--offline", "-o", "-").output == "il")
    #expect(try await supastore("download", "--conversation", "talk", "--name", "f1.txt", "-o", "-").output == "file 1")
    #expect(try await supastore("download", "no-such").exitStatus == 4)
  }

  @Test func `a tree is planned, migrated once and restored`() async throws {
    let plan = try await supastore("migrate", "root", "--dry-run", "--json")
    #expect(try plan.documents("plan").first?["send_files"]?.int == 5)
    #expect(try await supastore("list", "--count").output == "0\n")
    let first = try await supastore("migrate", "root", "--json")
    #expect(first.exitStatus == 0)
    #expect(try first.summary["stored"]?.int == 5)
    let second = try await supastore("migrate", "root", "--json")
    #expect(try second.summary["unchanged"]?.int == 5)
    let full = try await supastore("migrate", "root", "--verify", "full", "--json")
    #expect(try full.summary["unchanged"]?.int == 5)
    let upload = try await supastore("upload", "-r", "root", "--conversation", "root", "--json")
    #expect(try upload.summary["unchanged"]?.int == 5)
    #expect(try await supastore.downloadedCount("root") == 5)
  }

  @Test func `lists are paged, searched and counted`() async throws {
    #expect(try await supastore("migrate", "root").exitStatus == 0)
    var names: [String] = []
    var arguments = ["list", "--sort", "name", "--limit", "2", "--json"]
    while true {
      let run = try await supastore.run(arguments)
      names += try run.documents("file").compactMap { $0["original_name"]?.string }
      guard let next = try run.documents("page").first?["next"]?.string else { break }
      arguments = ["list", "--sort", "name", "--limit", "2", "--json", "--cursor", next]
    }
    #expect(names == (0..<5).map { "f\($0).txt" })
    let found = try await supastore("list", "--search", "F3", "--json")
    #expect(try found.documents("file").count == 1 && found.documents("page").first?["total"]?.int == 1)
    #expect(try await supastore("list", "--prefix", "uploads/root/d1/", "--count").output == "1\n")
    #expect(try await supastore("list", "--csv").output.split(separator: "\r\n").count == 6)
  }

  @Test func `conversations are made, listed and shown`() async throws {
    let made = try await supastore("conversation", "create", "c1", "--title", "T", "--json")
    #expect(try made.documents[0]["status"]?.string == "created" && made.documents[0]["backend"]?.string == "local")
    #expect(try await supastore("conversation", "create", "c1").output.hasPrefix("existing "))
    #expect(try await supastore("conversation", "list").output.contains("c1"))
    let shown = try await supastore("conversation", "show", "c1", "--json")
    #expect(try shown.documents[0]["title"]?.string == "T" && shown.documents[0]["files"]?.int == 0)
    #expect(try await supastore("conversation", "show", "c2").exitStatus == 4)
  }

  @Test func `setup has nothing to do and says so, and a test of the connection says what is missing`() async throws {
    let setup = try await supastore("setup")
    #expect(setup.exitStatus == 0 && setup.errors == "supastore: the local store needs no setup\n")
    #expect(setup.output.split(separator: "\n").allSatisfy { $0.contains(": present, private") })
    #expect(try await supastore("setup", "--check").exitStatus == 0)
    let test = try await supastore("test-connection")
    #expect(test.exitStatus == 2 && test.output.contains("SUPABASE_URL: MISSING"))
    #expect(try await supastore("schema").output.contains("create table"))
    #expect(try await supastore("cache", "info").exitStatus == 0)
    #expect(try await supastore("config", "show").output.contains("SUPASTORE_MODE             local (default)\n"))
    // A completion of an id.
    #expect(try await supastore("upload", "root/d1/f1.txt").exitStatus == 0)
    let completed = try await supastore("__complete", "file", "uploads/")
    #expect(completed.output.hasPrefix("uploads/unfiled/f1."))
  }

  @Test func `what bucket and limit say holds, and what expires has its date`() async throws {
    try supastore.directory.write([UInt8](repeating: 7, count: 10_485_761), to: "large")
    let large = try await supastore("upload", "large", "--type", "generated")
    #expect(large.exitStatus == 7 && large.errors.contains("10485761 bytes are more than bucket generated-files takes"))
    #expect(try await supastore("upload", "large").exitStatus == 0)
    let piped = try await supastore.run(["upload", "-", "--name", "in.txt", "--expires", "1d"], input: Array("x".utf8))
    #expect(piped.exitStatus == 0)
    let row = try #require(try await supastore("list", "--name", "in.txt", "--json").documents("file").first)
    #expect(row["expires_at"]?.string?.hasPrefix("20") == true)
  }

  @Test(arguments: [
    (["SUPABASE_URL": "https://x.supabase.co"], "SUPABASE_SERVICE_ROLE_KEY is not"),
    (["SUPABASE_SERVICE_ROLE_KEY": "sb_secret_x"], "SUPABASE_URL is not"),
    (["SUPASTORE_MODE": "only"], "SUPABASE_URL is not set"), (["SUPABASE_ULR": "https://x"], "SUPABASE_ULR is set"),
    (["SUPASTORE_MODE": "never"], "takes only"),
  ])
  func `half of a project is an error, never the local store`(_ settings: [String: String], _ words: String)
    async throws
  {
    let run = try await supastore.with(settings)("upload", "root/d1/f1.txt")
    #expect(run.exitStatus == 2 && run.errors.contains(words), "\(run.errors)")
    #expect(!FileManager.default.fileExists(atPath: supastore.directory["state/local"]))
  }

  @Test func `the store itself is never stored`() async throws {
    let inside = supastore.with(["SUPASTORE_STATE_DIR": supastore.directory["root/state"]])
    for arguments in [["upload", "-r", "root"], ["migrate", "root"]] {
      let run = try await inside.run(arguments)
      #expect(run.exitStatus == 2 && run.errors.contains("SUPASTORE_STATE_DIR"), "\(run.errors)")
    }
    #expect(try await inside("list", "--count").output == "0\n")
    #expect(try await inside("upload", "-r", "root/d1").exitStatus == 0)
  }

  @Test func `the mode can be asked for whatever is configured`() async throws {
    let run = try await supastore.with(["SUPASTORE_MODE": "local", "SUPABASE_URL": "http://127.0.0.1:1"])(
      "upload", "root/d1/f1.txt")
    #expect(run.exitStatus == 0 && run.errors.contains("SUPASTORE_MODE is local"))
  }
}

/// What is stored here is what Supabase would hold.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct LocalIdentityTests {
  @Test func `ids, paths and rows are those of Supabase`() async throws {
    let remote = try Supastore()
    try await remote.setUp()
    let local = try LocalSupastore()
    try local.writeFiles(0..<9)
    try local.directory.write("é".utf8, to: "root/été 🙂.md")
    let root = local.directory["root"]
    #expect(try await remote("migrate", root).exitStatus == 0)
    #expect(try await local("migrate", root).exitStatus == 0)
    func rows(_ run: Run) throws -> [[String: JSONValue]] {
      try run.documents("file").compactMap { document in
        guard case .object(var members) = document else { return nil }
        members["created_at"] = nil
        return members
      }
    }
    let arguments = ["list", "--sort", "id", "--json"]
    let stored = try rows(await remote.run(arguments))
    #expect(stored.count == 10)
    #expect(try rows(await local.run(arguments)) == stored)
  }
}
