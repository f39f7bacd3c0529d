import FoundationEssentials
import Glibc
import TestSupport
import Testing

/// The cache of downloaded files.
@Suite(.standIn(per: .test), .timeLimit(.minutes(5))) struct CacheTests {
  private let supastore: Supastore
  private let tree: TemporaryDirectory

  init() throws {
    tree = try TemporaryDirectory()
    supastore = try Supastore().with(["SUPASTORE_CACHE_DIR": tree["cache"]])
  }

  /// Nothing that could be asked, and no key to ask with.
  private var offline: Supastore { supastore.with(["SUPABASE_SERVICE_ROLE_KEY": nil]) }

  private func store(_ content: String, as name: String) async throws -> (id: String, path: String) {
    try tree.write(content.utf8, to: name)
    let run = try await supastore("upload", "--json", tree[name], "--conversation", "c1")
    let document = try #require(try run.documents.first, "\(run.errors)")
    return (try #require(document["id"]?.string), try #require(document["storage_path"]?.string))
  }

  private func download(_ reference: String, _ arguments: String..., by supastore: Supastore? = nil) async throws -> Run
  {
    try await (supastore ?? self.supastore).run(["download", reference] + arguments)
  }

  private func source(_ reference: String, by supastore: Supastore? = nil) async throws -> String? {
    let run = try await download(reference, "-o", tree["copy"], "--force", "--json", by: supastore)
    try #require(run.exitStatus == 0, "\(run.errors)")
    let document = try #require(try run.documents.first)
    #expect(document["verified"] == true)
    return document["source"]?.string
  }

  private func blobs() throws -> [String] {
    try FileManager.default.subpathsOfDirectory(atPath: tree["cache/blobs"]).filter { $0.utf8.count > 2 }.sorted()
  }

  private func contents() async throws -> (files: Int?, bytes: Int?) {
    let document = try await supastore("cache", "info", "--json").documents.first
    return (document?["files"]?.int, document?["bytes"]?.int)
  }

  @Test func `the second download costs no request`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    #expect(try await source(file.id) == "remote")
    supastore.project.forgetRequests()
    for reference in [file.id, file.path, file.id.uppercased()] {
      #expect(try await source(reference) == "cache")
      #expect(try tree.read("copy") == Array("some notes".utf8))
      #expect(try await download(reference, "-o", "-").output == "some notes")
    }
    #expect(supastore.project.requestCount == 0)
    #expect(try await download(file.id, "-o", tree["copy"]).exitStatus == 7)
    #expect(try await contents() == (1, 10))
  }

  @Test func `what went to standard output is kept, too, and privately`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    #expect(try await download(file.id, "-o", "-").output == "some notes")
    #expect(try await source(file.id) == "cache")
    for path in ["cache", "cache/blobs"] + (try blobs().map { "cache/blobs/\($0)" }) + ["cache/index.sqlite"] {
      var status = stat()
      #expect(stat(tree[path], &status) == 0 && status.st_mode & 0o077 == 0, "\(path)")
    }
  }

  @Test func `offline there is what the cache holds, and nothing else`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    let other = try await store("other notes", as: "other.txt")
    _ = try await source(file.id)
    supastore.project.forgetRequests()
    #expect(try await download(file.path, "--offline", "-o", "-", by: offline).output == "some notes")
    #expect(try await download(file.id, "--offline", "--tail", "5", "-o", "-", by: offline).output == "notes")
    for reference in [other.id, other.path] {
      let run = try await download(reference, "--offline", "-o", tree["copy2"], "--json", by: offline)
      #expect(run.exitStatus == 6)
      #expect(try run.error?["code"] == "unreachable" && run.error?["hint"]?.string?.contains("--offline") == true)
    }
    let listing = try await offline("download", "--conversation", "c1", "--offline")
    #expect(listing.exitStatus == 6)
    let off = offline.with(["SUPASTORE_CACHE_SIZE": "0"])
    #expect(try await download(file.id, "--offline", by: off).exitStatus == 6)
    #expect(supastore.project.requestCount == 0)
  }

  @Test func `a service that is away does not matter to what is here`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    _ = try await source(file.id)
    supastore.project.add(StandInInstance.Fault(.reset, on: "*", count: 0))
    #expect(try await source(file.id) == "cache")
    // Another project has other files.
    let elsewhere = supastore.with(["SUPABASE_URL": "http://127.0.0.1:1"])
    #expect(try await download(file.id, "--offline", by: elsewhere).exitStatus == 6)
  }

  @Test func `a part of what is here is verified`() async throws {
    try await supastore.setUp()
    let file = try await store("0123456789", as: "digits")
    _ = try await source(file.id)
    supastore.project.forgetRequests()
    let run = try await download(file.id, "--range", "2-4", "-o", tree["part"], "--json")
    let document = try #require(try run.documents.first)
    #expect(document["verified"] == true && document["source"] == "cache" && document["range"]?["offset"] == 2)
    #expect(try tree.read("part") == Array("234".utf8))
    #expect(try await download(file.id, "--range", "10-", "-o", "-").exitStatus == 2)
    #expect(supastore.project.requestCount == 0)
  }

  @Test(arguments: ["some NOTES", "", "some notes and more"])
  func `a damaged file of the cache is fetched again`(_ damage: String) async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    _ = try await source(file.id)
    let blob = try #require(try blobs().first)
    try tree.write(damage.utf8, to: "cache/blobs/\(blob)")
    #expect(try await download(file.id, "-o", "-").output == "some notes")
    #expect(try tree.read("cache/blobs/\(blob)") == Array("some notes".utf8))
    #expect(try await source(file.id) == "cache")
    try tree.write(damage.utf8, to: "cache/blobs/\(blob)")
    #expect(try await download(file.id, "--offline", "-o", "-").exitStatus == 6)
    #expect(try blobs().isEmpty)
  }

  @Test func `a file that is gone is told so, though the cache knew it`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    _ = try await source(file.id)
    try supastore.project.query("delete from files")
    try supastore.project.query(
      "do $$ begin perform set_config('storage.allow_delete_query','true',true); delete from storage.objects; end $$")
    #expect(try await source(file.id) == "cache")
    try tree.write("damage".utf8, to: "cache/blobs/\(try #require(try blobs().first))")
    let run = try await download(file.id, "-o", "-", "--json")
    #expect(run.exitStatus == 4)
    #expect(try run.error?["code"] == "not_found")
  }

  @Test func `a damaged object is neither delivered nor kept`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    var fault = StandInInstance.Fault(.corrupt, on: "GET /storage/v1/object/authenticated/*")
    fault.when = .after
    supastore.project.add(fault)
    let run = try await download(file.id, "-o", tree["copy"], "--json")
    #expect(run.exitStatus == 8)
    #expect(try run.error?["code"] == "integrity")
    #expect(access(tree["copy"], F_OK) != 0)
    #expect(try blobs().isEmpty)
  }

  @Test(arguments: ["", "no database", "half"])
  func `a damaged index is made anew from the files there are`(_ damage: String) async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    _ = try await source(file.id)
    let index = try tree.read("cache/index.sqlite")
    try tree.write(
      damage == "half" ? Array(index.prefix(index.count / 2)) : Array(damage.utf8), to: "cache/index.sqlite")
    supastore.project.forgetRequests()
    // The row is asked for, the bytes are here; of an empty index nobody can tell that it was another one.
    #expect(try await source(file.id) == "cache")
    #expect(supastore.project.requestCount == 1)
    if !damage.isEmpty {
      #expect(try await contents() == (1, 10))
      #expect(access(tree["cache/index.sqlite.damaged"], F_OK) == 0)
    }
    #expect(try await download(file.id, "-o", "-", "-v").exitStatus == 0)
  }

  @Test func `an index of another program is set aside`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    _ = try await source(file.id)
    rename(tree["cache/index.sqlite"], tree["index"])
    let journal = try #require(
      try FileManager.default.contentsOfDirectory(atPath: supastore.stateDirectory).first { $0.hasSuffix(".sqlite") })
    try tree.write(try TemporaryDirectory.contents(supastore.stateDirectory + "/" + journal), to: "cache/index.sqlite")
    #expect(try await source(file.id) == "cache")
    #expect(try await contents() == (1, 10))
  }

  @Test func `the file that was not wanted for the longest time goes first`() async throws {
    try await supastore.setUp()
    let small = supastore.with(["SUPASTORE_CACHE_SIZE": "30"])
    var files: [String] = []
    for name in ["a", "b", "c", "d"] { files.append(try await store("content \(name).", as: name).id) }
    for id in files.prefix(3) { #expect(try await source(id, by: small) == "remote") }
    #expect(try await source(files[0], by: small) == "cache")
    #expect(try await source(files[3], by: small) == "remote")
    #expect(try await contents() == (3, 30))
    var held: [Bool] = []
    for id in files { held.append(try await download(id, "--offline", "-o", "-", by: small).exitStatus == 0) }
    #expect(held == [true, false, true, true])
    #expect(try blobs().count == 3)
  }

  @Test func `what is larger than the cache is not kept, and a cache of nothing is none`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    let none = supastore.with(["SUPASTORE_CACHE_SIZE": "0"])
    #expect(try await source(file.id, by: none) == "remote")
    #expect(access(tree["cache"], F_OK) != 0)
    let tiny = supastore.with(["SUPASTORE_CACHE_SIZE": "9B"])
    #expect(try await source(file.id, by: tiny) == "remote")
    #expect(try await download(file.id, "-o", "-", by: tiny).output == "some notes")
    #expect(try await contents() == (0, 0))
    #expect(try await download(file.id, by: supastore.with(["SUPASTORE_CACHE_SIZE": "much"])).exitStatus == 2)
  }

  @Test func `without the cache nothing is read from it or written`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    #expect(try await download(file.id, "--no-cache", "-o", "-").output == "some notes")
    #expect(access(tree["cache"], F_OK) != 0)
    _ = try await source(file.id)
    let blob = try #require(try blobs().first)
    try tree.write("other".utf8, to: "cache/blobs/\(blob)")
    #expect(try await download(file.id, "--no-cache", "-o", "-").output == "some notes")
    #expect(try tree.read("cache/blobs/\(blob)") == Array("other".utf8))
  }

  @Test func `a cache that cannot be used is no error`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    try tree.write("in the way".utf8, to: "cache")
    let run = try await download(file.id, "-o", "-")
    #expect(run.exitStatus == 0 && run.output == "some notes" && run.errors == "")
    let verbose = try await download(file.id, "-o", tree["copy"], "-v")
    #expect(verbose.exitStatus == 0 && verbose.errors.contains("the cache \(tree["cache"]) is not used"))
    #expect(try await supastore("cache", "info").exitStatus == 0)
    #expect(try await supastore("cache", "clear").exitStatus == 0)
  }

  @Test func `two downloads at once share it`() async throws {
    try await supastore.setUp()
    try tree.write([UInt8](repeating: 7, count: 2 << 20), to: "large")
    let run = try await supastore("upload", "--json", tree["large"])
    let id = try #require(try run.documents.first?["id"]?.string)
    try await withThrowingTaskGroup(of: Run.self) { group in
      for number in 0..<4 {
        group.addTask { try await supastore("download", id, "-o", tree["copy\(number)"], "-v") }
      }
      for try await run in group {
        #expect(run.exitStatus == 0 && !run.errors.contains("cache"), "\(run.errors)")
      }
    }
    for number in 0..<4 { #expect(try tree.read("copy\(number)") == [UInt8](repeating: 7, count: 2 << 20)) }
    #expect(try blobs().count == 1)
    #expect(try await contents() == (1, 2 << 20))
    #expect(try await source(id) == "cache")
  }

  @Test func `a row of another program is asked for every time`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    let foreign = "11111111-1111-4111-8111-111111111111"
    try supastore.project.query("delete from files")
    try supastore.project.query(
      """
      insert into files (id, storage_path, original_name, size_bytes, file_type, metadata) values ($1, $2, 'n', 10,
        'user_upload', jsonb_build_object('sha256', encode(sha256('some notes'), 'hex')))
      """, foreign, file.path)
    #expect(try await source(foreign) == "remote")
    supastore.project.forgetRequests()
    #expect(try await source(foreign) == "cache")
    #expect(supastore.project.requestCount == 1)
    #expect(try await download(foreign, "--offline").exitStatus == 6)
    // Without a digest nobody can say what the bytes should be.
    try supastore.project.query("update files set metadata = '{}'")
    let run = try await download(foreign, "-o", tree["copy"], "--force", "--json")
    #expect(try run.documents.first?["source"] == "remote" && run.documents.first?["verified"] == false)
  }

  @Test func `clearing it removes everything, known or not`() async throws {
    try await supastore.setUp()
    let file = try await store("some notes", as: "notes.txt")
    _ = try await source(file.id)
    try tree.write("stray".utf8, to: "cache/blobs/00/stray")
    let run = try await supastore("cache", "clear", "--json")
    #expect(try run.documents.first?["files"] == 2 && run.documents.first?["bytes"] == 15)
    #expect(try blobs().isEmpty)
    #expect(try await contents() == (0, 0))
    #expect(try await source(file.id) == "remote")
  }
}

extension TemporaryDirectory {
  fileprivate static func contents(_ path: String) throws -> [UInt8] {
    try Array(Data(contentsOf: URL(filePath: path)))
  }
}
