import StorageDigests
import StorageModel
import Testing

@Suite struct FileIdentityTests {
  struct Vector: Sendable {
    var type: FileType
    var continuationID: String?
    var name: [UInt8]
    var content: [UInt8]
    var id: String
    var path: String
  }

  /// The vectors of docs/decisions/0001-file-identity.md.
  static let vectors = [
    Vector(
      type: .userUpload, continuationID: "conv-42", name: Array("reports/q1 2026.pdf".utf8),
      content: Array("hello\n".utf8),
      id: "f68b1866-da5a-8f2c-837e-b2806ccfdad8", path: "uploads/conv-42/reports/q1_2026.f68b1866da5a8f2c.pdf"),
    Vector(
      type: .generated, continuationID: nil, name: Array("summary.txt".utf8), content: [],
      id: "a6acd373-9bfd-8cef-ba2f-6e8fe023a920", path: "generated/unfiled/summary.a6acd3739bfd8cef.txt"),
    Vector(
      type: .userUpload, continuationID: "projet/\u{e9}t\u{e9}", name: [0x61, 0xff, 0x0a] + Array("/.profile".utf8),
      content: Array(0...255), id: "905ef1e9-ba17-83be-a61c-82f8a9c115e3",
      path: "uploads/projet___t__/a__/.profile.905ef1e9ba1783be"),
  ]

  private func identity(
    _ name: [UInt8], content: [UInt8] = [], in continuationID: String? = "c", type: FileType = .userUpload
  ) throws -> FileIdentity {
    try FileIdentity(
      type: type, continuationID: continuationID, name: #require(LocalPath(bytes: name)), content: .of(content))
  }

  @Test(arguments: vectors)
  func `the recorded vectors hold`(_ vector: Vector) throws {
    let identity = try identity(vector.name, content: vector.content, in: vector.continuationID, type: vector.type)
    #expect(identity.id.description == vector.id)
    #expect(identity.storagePath.string == vector.path)
  }

  @Test func `an id is read back, and nothing else is an id`() throws {
    let id = try identity([1]).id
    #expect(FileID(id.description) == id)
    #expect(FileID(id.description.uppercased()) == id)
    #expect(FileID("00000000-0000-4000-8000-000000000001")?.description == "00000000-0000-4000-8000-000000000001")
    for text in ["", "f68b1866da5a8f2c837eb2806ccfdad8", "f68b1866-da5a-8f2c-837e-b2806ccfdadg", "-----"] {
      #expect(FileID(text) == nil)
    }
  }

  @Test func `no field runs over into the next`() throws {
    let content = try SHA256Digest.of([])
    let ids = try [("a", "bc"), ("ab", "c"), ("", "abc"), ("abc", "")].map { pair in
      try FileIdentity(
        type: .userUpload, continuationID: pair.0, name: #require(LocalPath(pair.1)), content: content
      ).id
    }
    #expect(Set(ids).count == 4)
  }

  @Test(arguments: [
    ("archive.tar.gz", "archive.tar.", ".gz"), (".profile", ".profile.", ""), (".config.json", ".config.", ".json"),
    ("..hidden", "..hidden.", ""), ("name.", "name..", ""), ("a.sixteen-byte-ext", "a.", ".sixteen-byte-ext"),
    ("a.seventeen-bytes-x", "a.seventeen-bytes-x.", ""), ("Mr. Smith", "Mr.", "._Smith"), ("", "_.", ""),
    ("50%.tiff#1", "50_.", ".tiff_1"),
  ])
  func `the extension is the last suffix`(name: String, before: String, after: String) throws {
    let identity = try identity(Array(name.utf8))
    let expected = "uploads/c/\(before)\(identity.id.pathTag)\(after)"
    #expect(identity.storagePath.string == expected)
  }

  @Test func `what a path would swallow becomes an underscore`() throws {
    let identity = try identity(Array("a/.././/b".utf8), in: "..")
    #expect(identity.storagePath.string == "uploads/_/a/_/_/_/b.\(identity.id.pathTag)")
    #expect(try self.identity([0x62], in: "").storagePath.string.hasPrefix("uploads/_/b."))
  }

  @Test func `long segments are cut and directories are dropped from the left`() throws {
    let directories = (0..<6).map { String(repeating: String($0), count: 240) }
    let name = directories.joined(separator: "/") + "/" + String(repeating: "n", count: 250) + ".jpeg"
    let identity = try identity(Array(name.utf8))
    let segments = identity.storagePath.string.split(separator: "/")
    #expect(segments.map(\.utf8.count) == [7, 1, 200, 200, 200])
    #expect(segments[2] == String(repeating: "4", count: 200))
    #expect(segments[4].hasSuffix(".\(identity.id.pathTag).jpeg"))
    #expect(identity.storagePath.string.utf8.count <= 800)
  }

  @Test(arguments: ["a b/c(1)'s.txt", "!*&$@=;:+,?-_", "x"])
  func `a chosen path is taken as it is`(path: String) throws {
    #expect(try ObjectPath(exactly: path).string == path)
  }

  @Test(arguments: [
    "", "/a", "a/", "a//b", "a/./b", "..", "été", "a#b", "100%", "a\u{0}", "a~", String(repeating: "a", count: 201),
  ])
  func `a path that the server would refuse or lose is refused`(path: String) {
    #expect(throws: ObjectPathError.self) { try ObjectPath(exactly: path) }
  }

  @Test func `types have the buckets, roots and limits of the guide`() {
    #expect(FileType.allCases.map(\.bucket.name) == ["user-files", "generated-files", "generated-files"])
    #expect(FileType.allCases.map(\.pathRoot) == ["uploads", "generated", "cache"])
    #expect(Bucket.allCases.map(\.fileSizeLimit) == [52_428_800, 10_485_760])
  }
}
