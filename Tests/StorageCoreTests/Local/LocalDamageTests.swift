import FoundationEssentials
import StorageEngine
import StorageModel
import StoragePlaces
import StorageSQLite
import TestSupport
import Testing

/// A damaged local store is told, and left as it is.
@Suite struct LocalDamageTests {
  private static let name = "state/local/store.sqlite"
  private let directory: TestSupport.TemporaryDirectory

  init() throws {
    directory = try TemporaryDirectory()
  }

  enum Damage: CaseIterable, Sendable {
    case truncated, halved, zeroed, empty, noDatabase, foreign, newer

    func bytes(from whole: [UInt8]) -> [UInt8] {
      var bytes = whole
      switch self {
      case .truncated: bytes.removeLast(100)
      case .halved: bytes.removeLast(bytes.count / 2)
      case .zeroed: bytes = [UInt8](repeating: 0, count: whole.count)
      case .empty: bytes = []
      case .noDatabase: bytes = Array(String(repeating: "text ", count: 2000).utf8)
      // The application id and the version stand in the header.
      case .foreign: bytes.replaceSubrange(68..<72, with: [1, 2, 3, 4])
      case .newer: bytes.replaceSubrange(60..<64, with: [0, 0, 0, 9])
      }
      return bytes
    }
  }

  private func fill() async throws {
    try await withLocalStore(in: directory) { open in
      for number in 1...20 {
        let content = Array("content \(number)".utf8)
        _ = try await open.objects.put(
          ObjectUpload(
            bucket: "user-files", key: "k\(number)", mediaType: "text/plain", content: .bytes(content), metadata: []))
        _ = try await open.rows.insert([row(number, path: "k\(number)")])
      }
    }
  }

  private func files() throws -> Set<String> {
    Set(try FileManager.default.subpathsOfDirectory(atPath: directory["state/local"]))
  }

  @Test(arguments: Damage.allCases)
  func `a damaged database ends every run and is not touched`(_ damage: Damage) async throws {
    try await fill()
    let whole = try directory.read(Self.name)
    let damaged = damage.bytes(from: whole)
    try directory.write(damaged, to: Self.name)
    let before = try files()
    for _ in 0..<2 {
      let error = await #expect(throws: StorageError.self) {
        try await withLocalStore(in: directory) { _ in }
      }
      #expect(error?.code == .damaged && error?.hint != nil, "\(String(describing: error))")
    }
    #expect(try directory.read(Self.name) == damaged)
    #expect(try files() == before)
    // With the database back all is well.
    try directory.write(whole, to: Self.name)
    try await withLocalStore(in: directory) { open async throws in
      #expect(try await open.rows.count(FileQuery()) == 20)
    }
  }

  @Test func `no database beside blobs is damage, not a beginning`() async throws {
    try await fill()
    try FileManager.default.removeItem(atPath: directory[Self.name])
    let error = await #expect(throws: StorageError.self) { try await withLocalStore(in: directory) { _ in } }
    #expect(error?.code == .damaged)
    #expect(!FileManager.default.fileExists(atPath: directory[Self.name]))
  }

  @Test func `a transaction that was cut off is undone by the next run`() async throws {
    try await fill()
    let path = Array(directory[Self.name].utf8)
    let schema = Schema(applicationID: 0x5355_504c, version: 3, creation: "")
    let database = try Database(.file(path), schema: schema)
    try database.execute("PRAGMA cache_size=1; PRAGMA cache_spill=ON; BEGIN IMMEDIATE")
    try database.execute("UPDATE files SET original_name = hex(randomblob(2000))")
    // What a process that is killed now leaves behind.
    let killed = try TestSupport.TemporaryDirectory()
    for name in ["store.sqlite", "store.sqlite-journal"] {
      try killed.write(try directory.read("state/local/\(name)"), to: "state/local/\(name)")
    }
    try database.execute("ROLLBACK")
    let names = try await withLocalStore(in: killed) { open in
      try await open.rows.files(matching: FileQuery()).elements.map(\.originalName)
    }
    #expect(names.count == 20 && Set(names) == ["n"])
  }
}
