import FoundationEssentials
import Glibc
import StandIn
import StorageFormats
import StorageModel
import StoragePlaces
import Synchronization
import TestSupport
import Testing

@testable import StorageEngine

@Suite(.standIn(per: .test)) struct DownloadTests {
  private let fixture: MigrationFixture
  private let target: TestSupport.TemporaryDirectory

  init() throws {
    fixture = try MigrationFixture()
    target = try TemporaryDirectory()
  }

  /// Stores one file and returns its row.
  private func store(_ content: some Sequence<UInt8> = "the content".utf8) async throws -> FileRow {
    try await fixture.makeBuckets()
    try fixture.tree.write(content, to: "a.txt")
    _ = try await fixture.migrate()
    return try await fixture.open { open in
      try #require(try await open.rows.files(matching: FileQuery()).elements.first)
    }
  }

  private func path(_ name: String) -> LocalPath { LocalPath(checked: Array(target[name].utf8)) }

  private func download(
    _ reference: FileReference, to target: DownloadTarget, replacing: Bool = false
  ) async throws -> DownloadedFile {
    try await fixture.open {
      try await $0.download(reference, to: target, options: DownloadOptions(replaces: replacing))
    }
  }

  private func failure(
    of reference: FileReference, to target: DownloadTarget, replacing: Bool = false
  ) async throws -> StorageError? {
    await #expect(throws: StorageError.self) { try await download(reference, to: target, replacing: replacing) }
  }

  private var entries: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: target.path).sorted() }
  }

  @Test func `a file comes by id and by path, verified`() async throws {
    let row = try await store()
    let byID = try await download(.id(row.id), to: .file(path("one")))
    let byPath = try await download(.storagePath(row.storagePath), to: .directory(path("")))
    #expect(byID.isVerified && byPath.isVerified)
    #expect(try target.read("one") == Array("the content".utf8))
    #expect(byPath.path?.baseName == LocalPath("a.txt"))
    #expect(try entries == ["a.txt", "one"])
  }

  @Test(arguments: ["the CONTENT", "the content and more than one byte too many", "short", ""])
  func `other bytes than were stored are no download`(_ wrong: String) async throws {
    let row = try await store()
    try await fixture.open { open in
      _ = try await open.objects.put(
        ObjectUpload(
          bucket: row.bucket, key: row.storagePath, mediaType: "text/plain", content: .bytes(Array(wrong.utf8)),
          metadata: [], overwrites: true))
    }
    #expect(try await failure(of: .id(row.id), to: .file(path("one")))?.code == .integrity)
    #expect(try entries.isEmpty)
  }

  @Test func `a digest of another program may be in upper case; what is none says nothing of the bytes`() async throws {
    let row = try await store()
    let setDigest = "update files set metadata = metadata || jsonb_build_object('sha256', $1::text)"
    try fixture.project.query(setDigest, try #require(row.metadata.sha256).uppercased())
    #expect(try await download(.id(row.id), to: .file(path("one"))).isVerified)
    try fixture.project.query(setDigest, "secret")
    #expect(try await !download(.id(row.id), to: .file(path("two"))).isVerified)
    #expect(try entries == ["one", "two"])
  }

  @Test func `a number that is beyond every integer in the metadata of another program hides no row`() async throws {
    let row = try await store()
    try fixture.project.query("update files set metadata = metadata || '{\"score\": 1e300, \"least\": 1e-200}'")
    let found = try await fixture.open { open in try await open.file(.id(row.id)) }
    #expect(found.metadata.other == ["score": .extreme(1e300), "least": .extreme(1e-200)])
  }

  @Test func `a content damaged on the way is no download`() async throws {
    let row = try await store()
    var fault = Fault(.corrupt, on: "GET /storage/v1/object/authenticated/*")
    fault.when = .after
    fixture.project.add(fault)
    #expect(try await failure(of: .id(row.id), to: .file(path("one")))?.code == .integrity)
    #expect(try entries.isEmpty)
  }

  @Test func `a download that breaks off is begun again`() async throws {
    let row = try await store(noise(300_000))
    var fault = Fault(.truncate, on: "GET /storage/v1/object/authenticated/*")
    fault.bytes = 1000
    fixture.project.add(fault)
    _ = try await download(.id(row.id), to: .file(path("one")))
    #expect(try target.read("one") == noise(300_000))
  }

  @Test(arguments: [300_000, 5])
  func `an object that changed meanwhile is begun anew`(_ byteCount: Int) async throws {
    let row = try await store(noise(300_000))
    // Without a digest only what the service says of the object tells that it is another one.
    try fixture.project.query("update files set metadata = '{}', size_bytes = null")
    var fault = Fault(.truncate, on: "GET /storage/v1/object/authenticated/*")
    fault.bytes = 100_000
    fixture.project.add(fault)
    let content = [UInt8](repeating: 1, count: byteCount)
    let reads = Mutex(0)
    let path = path("one")
    try await fixture.open { open in
      let interposer = Interposer(beforeRead: {
        guard
          reads.withLock({
            $0 += 1; return $0
          }) == 2
        else { return }
        _ = try await open.objects.put(
          ObjectUpload(
            bucket: row.bucket, key: row.storagePath, mediaType: "text/plain", content: .bytes(content), metadata: [],
            overwrites: true))
      })
      _ = try await interposer.between(open).download(.id(row.id), to: .file(path))
    }
    #expect(reads.withLock { $0 } == 3)
    #expect(try target.read("one") == content)
  }

  @Test func `a row without its object, and no row at all, are told apart`() async throws {
    let row = try await store()
    try fixture.removeObjects(like: "%")
    #expect(try await failure(of: .id(row.id), to: .file(path("one")))?.code == .objectMissing)
    let unknown = try #require(FileID("11111111-1111-4111-8111-111111111111"))
    #expect(try await failure(of: .id(unknown), to: .file(path("one")))?.code == .notFound)
    #expect(try await failure(of: .storagePath("uploads/none"), to: .file(path("one")))?.code == .notFound)
    #expect(try entries.isEmpty)
  }

  @Test func `an object whose bytes the service has lost is missing`() async throws {
    let row = try await store()
    try fixture.project.removeBlob(bucket: row.bucket, key: row.storagePath)
    #expect(try await failure(of: .id(row.id), to: .file(path("one")))?.code == .objectMissing)
  }

  @Test func `what is there is kept unless it may be replaced`() async throws {
    let row = try await store()
    try target.write("mine".utf8, to: "one")
    let error = try await failure(of: .id(row.id), to: .file(path("one")))
    #expect(error?.code == .conflict)
    #expect(error?.message.hasSuffix("is there already") == true)
    #expect(try target.read("one") == Array("mine".utf8))
    _ = try await download(.id(row.id), to: .file(path("one")), replacing: true)
    #expect(try target.read("one") == Array("the content".utf8))
    #expect(try entries == ["one"])
  }

  @Test(arguments: [false, true])
  func `a symbolic link is neither written through nor replaced`(_ replacing: Bool) async throws {
    let row = try await store()
    try target.write("precious".utf8, to: "other")
    try #require(symlink(target["other"], target["one"]) == 0)
    #expect(try await failure(of: .id(row.id), to: .file(path("one")), replacing: replacing)?.code == .conflict)
    #expect(try target.read("other") == Array("precious".utf8))
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: target["one"]) == target["other"])
  }

  @Test func `a directory that is not there, or is a file, is told as not writable`() async throws {
    let row = try await store()
    try target.write([], to: "file")
    for directory in ["none", "file"] {
      let error = try await failure(of: .id(row.id), to: .directory(path(directory)))
      #expect(error?.code == .unwritable)
    }
  }

  @Test(
    arguments: zip(
      ["../../x", "/etc/x", "a/..", "..", ".", "", String(repeating: "n", count: 300), "a\\b", "dir/"],
      ["x", "x", nil, nil, nil, nil, nil, "a\\b", "dir"]))
  func `the name in a row never leads out of the directory`(_ name: String, _ expected: String?) async throws {
    let row = try await store()
    try fixture.project.query("update files set original_name = $1", name)
    let file = try await download(.id(row.id), to: .directory(path("")))
    let fallback = row.storagePath.split(separator: "/").last.map(String.init)
    #expect(file.path?.baseName?.string == expected ?? fallback)
    #expect(try entries == [expected ?? fallback])
  }

  @Test func `neither does the path in a row`() async throws {
    var row = try await store()
    row.originalName = ".."
    for storagePath in ["a/..", "..", "/", "", "a/" + String(repeating: "n", count: 300)] {
      row.storagePath = storagePath
      #expect(row.localName.string == row.id.description)
    }
    // "a", NUL, "b"; and nothing.
    for base64 in ["YQBi", ""] {
      row.metadata.relativePathBase64 = base64
      #expect(row.localPath.string == row.id.description)
    }
    // "d/", 0xff
    row.metadata.relativePathBase64 = "ZC//"
    #expect(row.localPath.bytes == Array("d/".utf8) + [0xff])
    row.metadata.relativePathBase64 = nil
    row.metadata.relativePath = String(repeating: "d/", count: 3000) + "x"
    #expect(row.localPath.string == row.id.description)
  }

  @Test func `a sink gets the whole content or nothing`() async throws {
    let content = noise(600_000)
    let row = try await store(content)
    let taken = Mutex<[UInt8]>([])
    let sink = DownloadTarget.sink { bytes in taken.withLock { $0 += bytes } }
    _ = try await download(.id(row.id), to: sink)
    #expect(taken.withLock { $0 } == content)

    taken.withLock { $0 = [] }
    var fault = Fault(.corrupt, on: "GET /storage/v1/object/authenticated/*")
    fault.when = .after
    fixture.project.add(fault)
    #expect(try await failure(of: .id(row.id), to: sink)?.code == .integrity)
    #expect(taken.withLock { $0 }.isEmpty)
    try expectNoParts()
  }

  @Test func `what a sink throws ends the download`() async throws {
    struct Full: Error {}
    let row = try await store(noise(600_000))
    let calls = Mutex(0)
    await #expect(throws: Full.self) {
      try await download(
        .id(row.id),
        to: .sink { _ in
          calls.withLock { $0 += 1 }
          throw Full()
        })
    }
    #expect(calls.withLock { $0 } == 1)
    try expectNoParts()
  }

  private func expectNoParts() throws {
    let left = try FileManager.default.contentsOfDirectory(atPath: fixture.state.path)
    #expect(!left.contains { $0.hasSuffix(".part") })
  }
}
