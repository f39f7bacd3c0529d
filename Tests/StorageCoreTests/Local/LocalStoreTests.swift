import FoundationEssentials
import Glibc
import StorageCore
import StorageDigests
import StorageEngine
import StorageFiles
import StorageFormats
import StorageModel
import StoragePlaces
import TestSupport
import Testing

/// What is particular to the local store.
@Suite struct LocalStoreTests {
  private let directory: TestSupport.TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  private func upload(_ key: String, _ content: String) -> ObjectUpload {
    ObjectUpload(
      bucket: "user-files", key: key, mediaType: "text/plain", content: .bytes(Array(content.utf8)), metadata: [])
  }

  private func blobPath(of content: String) throws -> String {
    let digest = try SHA256Digest.of(Array(content.utf8)).hex
    return "state/local/blobs/\(digest.prefix(2))/\(digest)"
  }

  private func permissions(_ name: String) throws -> Int {
    var status = stat()
    try #require(stat(directory[name], &status) == 0)
    return Int(status.st_mode & 0o777)
  }

  @Test func `what was stored is there for the next process, and nobody else may look`() async throws {
    try await withLocalStore(in: directory) { open in
      _ = try await open.objects.put(upload("k", "content"))
      _ = try await open.rows.insert([row(1, path: "k")])
    }
    try await withLocalStore(in: directory) { open async throws in
      #expect(try await open.objects.object("k", in: "user-files")?.byteCount == 7)
      #expect(try await open.rows.files(ids: [id(1)]).count == 1)
    }
    let blob = try blobPath(of: "content")
    for name in ["state/local/store.sqlite", blob, "\(blob).json"] { #expect(try permissions(name) == 0o600) }
    for name in ["state/local", "state/local/blobs"] { #expect(try permissions(name) == 0o700) }
    let names = try FileManager.default.contentsOfDirectory(atPath: directory["state/local"]).sorted()
    #expect(names == ["blobs", "store.sqlite", "store.sqlite-journal"])
  }

  @Test func `one content under many names is one blob, and its sidecar tells of each`() async throws {
    try await withLocalStore(in: directory) { open in
      let metadata = FileMetadata(bucket: "user-files", continuationID: "talk")
      for number in 1...3 {
        _ = try await open.objects.put(upload("k\(number)", "content"))
        _ = try await open.rows.insert([row(number, path: "k\(number)", name: "é \(number)", metadata: metadata)])
      }
      var later = metadata
      later.other["k"] = .string("v")
      #expect(try await open.rows.updateMetadata(of: id(2), from: metadata, to: later))
      let rows = try await open.rows.files(matching: FileQuery()).elements
      // A line that somebody died over hides no other.
      let sidecar = try blobPath(of: "content") + ".json"
      try directory.write(try directory.read(sidecar) + Array(#"{"id":"torn"#.utf8), to: sidecar)
      _ = try await open.objects.put(upload("k4", "content"))
      _ = try await open.rows.insert([row(4, path: "k4")])

      let lines = try directory.read(sidecar).split(separator: UInt8(ascii: "\n"))
      var noted: [FileID: FileRow] = [:]
      for line in lines {
        if let row = try? JSONDecoder().decode(FileRow.self, from: Data(line)) { noted[row.id] = row }
      }
      #expect(lines.count == 6 && noted.count == 4)
      for row in rows { #expect(noted[row.id] == row) }
      let members = try JSONDecoder().decode(JSONValue.self, from: Data(lines[0]))
      #expect(members["bucket"] == .string("user-files") && members["continuation_id"] == .string("talk"))
    }
    let blobs = try FileManager.default.contentsOfDirectory(atPath: directory["state/local/blobs"])
    #expect(blobs.count == 1)
  }

  @Test func `a blob that is gone or cut off counts as missing, and storing it again mends it`() async throws {
    let blob = try blobPath(of: "content")
    try await withLocalStore(in: directory) { open in
      _ = try await open.objects.put(upload("k", "content"))
      for damage in [nil, Array("con".utf8)] {
        try FileManager.default.removeItem(atPath: directory[blob])
        if let damage { try directory.write(damage, to: blob) }
        #expect(try await open.objects.object("k", in: "user-files") == nil)
        #expect(try await open.objects.objects(in: "user-files", prefix: "", after: nil).objects.isEmpty)
        #expect(try await open.objects.put(upload("k", "content")) == .sent)
        #expect(try directory.read(blob) == Array("content".utf8))
        #expect(try await open.objects.object("k", in: "user-files") != nil)
      }
    }
  }

  @Test func `a file that changes while it is stored is not stored`() async throws {
    try directory.write("before".utf8, to: "f")
    let source = try SourceFile(at: LocalPath(checked: Array(directory["f"].utf8)))
    try await withLocalStore(in: directory) { open in
      let handle = try #require(fopen(directory["f"], "a"))
      fputs("more", handle)
      fclose(handle)
      var upload = upload("k", "")
      upload.content = .file(source)
      #expect(await code { _ = try await open.objects.put(upload) } == .changed)
      #expect(try await open.objects.object("k", in: "user-files") == nil)
      upload.content = .file(try SourceFile(at: source.path))
      #expect(try await open.objects.put(upload) == .sent)
    }
  }

  @Test func `a cursor of Supabase's means the same place here`() async throws {
    try await withLocalStore(in: directory) { open in
      _ = try await open.rows.insert([row(1)])
      let stored = try #require(try await open.rows.files(ids: [id(1)]).first)
      var foreign = stored
      // PostgreSQL leaves zeros away, and a later row has a time that is longer as a text.
      foreign.createdAt = stored.createdAt.flatMap { Timestamp($0)?.description }
      let query = FileQuery(order: .oldest)
      let page = try await open.rows.files(matching: query, after: PageCursor(after: foreign, in: .oldest), limit: 9)
      #expect(page.elements.isEmpty)
    }
  }

  @Test func `in the local store there is no connection to test`() async throws {
    try await withLocalStore(in: directory) { open in
      var report = ConnectionReport()
      report.add(.environment, [])
      await open.testConnection(&report)
      #expect(report.entries.count == 6 && report.passedCount == 1 && report.firstError?.code == .configuration)
    }
  }
}
