import FoundationEssentials
import Glibc
import StandIn
import StorageDigests
import StorageModel
import StorageRunning
import StorageSQLite
import Synchronization
import TestSupport
import Testing

@testable import LocalPlace

/// What a look through the local store finds.
@Suite struct LocalCheckTests {
  private let store: RecoverableStore

  init() async throws {
    store = try await RecoverableStore()
  }

  private func kinds(quick: Bool = false) async throws -> Set<LocalFinding.Kind> {
    Set(try await store.findings(quick: quick).map(\.kind))
  }

  @Test func `a store that is whole is clean, and a look changes nothing`() async throws {
    let before = try store.read(RecoverableStore.database)
    #expect(try await store.findings().isEmpty)
    #expect(try await store.findings(quick: true).isEmpty)
    #expect(try store.read(RecoverableStore.database) == before)
  }

  @Test func `where there is no store none is made`() async throws {
    let empty = try TemporaryDirectory()
    let state = try StateDirectory(at: LocalPath(checked: Array(empty["state"].utf8)))
    let directory = LocalStoreDirectory(in: state)
    #expect(try await directory.check { _ in }.isThere == false)
    #expect(try await directory.recover().status == .none)
    #expect(!FileManager.default.fileExists(atPath: empty["state/local"]))
  }

  @Test func `damage of contents is told, with what it is about`() async throws {
    let digests = try await store.digests()
    try store.remove(store.blob(digests[0]))
    try store.directory.write("CONTENT 2".utf8, to: store.blob(digests[1]))
    try store.directory.write("short".utf8, to: store.blob(digests[2]))
    let findings = try await store.findings()
    #expect(
      Set(findings.map { "\($0.kind) \($0.sha256?.hex ?? "")" }) == [
        "blobMissing \(digests[0])", "blobContent \(digests[1])", "blobLength \(digests[2])",
      ])
    #expect(findings.first { $0.kind == .blobMissing }?.storagePath == "uploads/first/1")
    #expect(try await kinds(quick: true) == [.blobMissing, .blobLength])
  }

  @Test func `damage of sidecars and rows is told`() async throws {
    let digests = try await store.digests()
    try store.remove(store.blob(digests[0]) + ".json")
    #expect(try await kinds() == [.sidecarLineMissing])
    let line = try store.read(store.blob(digests[1]) + ".json")
    try store.directory.write(line + line.prefix(20), to: store.blob(digests[1]) + ".json")
    #expect(try await kinds() == [.sidecarLineMissing, .sidecarLineUnreadable])
    let database = try Database(
      .file(Array(store.directory[RecoverableStore.database].utf8)), schema: LocalDatabase.schema, creates: false)
    try database.execute("DELETE FROM objects WHERE key = 'uploads/first/3'")
    #expect(try await kinds() == [.sidecarLineMissing, .sidecarLineUnreadable, .objectMissing, .blobsUnnamed])
    try database.execute("PRAGMA foreign_keys=OFF; DELETE FROM conversations WHERE continuation_id = 'c'")
    #expect(try await kinds().contains(.referenceBroken))
  }

  @Test func `what is left over is told and is no damage`() async throws {
    for name in [".store-x.new", "store.sqlite.damaged-1", "blobs/.supastore-x.part", "blobs/aa/x"] {
      try store.directory.write([], to: "state/local/\(name)")
    }
    let digest = try sha256("nobody's")
    try store.directory.write("nobody's".utf8, to: store.blob(digest))
    let findings = try await store.findings()
    #expect(findings.filter(\.isDamage).isEmpty)
    #expect(findings.filter { $0.kind == .leftover }.count == 3)
    #expect(Set(findings.map(\.kind)) == [.leftover, .oldDatabase, .blobsUnnamed])
  }

  @Test(arguments: LocalRecoveryTests.Damage.allCases)
  func `a damaged database is told, and the contents are read all the same`(_ damage: LocalRecoveryTests.Damage)
    async throws
  {
    let digests = try await store.digests()
    try store.directory.write("CONTENT 2".utf8, to: store.blob(digests[1]))
    if let bytes = damage.bytes(from: try store.read(RecoverableStore.database)) {
      try store.directory.write(bytes, to: RecoverableStore.database)
    } else {
      try store.remove(RecoverableStore.database)
    }
    #expect(
      try await kinds().subtracting([.blobsUnnamed])
        == [damage == .missing ? .databaseMissing : .databaseDamaged, .blobContent])
  }

  @Test func `a foreign and a newer database are told apart`() async throws {
    let whole = try store.read(RecoverableStore.database)
    for (range, kind) in [(68..<72, LocalFinding.Kind.databaseForeign), (60..<64, .databaseVersion)] {
      var other = whole
      other.replaceSubrange(range, with: [0, 0, 0, 9])
      try store.directory.write(other, to: RecoverableStore.database)
      #expect(try await kinds() == [kind])
      #expect(try store.read(RecoverableStore.database) == other)
    }
  }

  @Test func `what another process deletes for good while it looks is not missed`() async throws {
    let digests = try await store.digests()
    // Two in one folder, the later of which goes while the other one is told to be damaged. And one that goes when the
    // rows were read and the contents were not.
    let numbers = (4...RecoverableStore.fileCount).sorted { digests[$0 - 1] < digests[$1 - 1] }
    let neighbours = zip(numbers, numbers.dropFirst())
    let (damaged, late) = try #require(neighbours.first { digests[$0 - 1].prefix(2) == digests[$1 - 1].prefix(2) })
    let early = try #require(numbers.first { ![damaged, late].contains($0) })
    try store.directory.write(
      [UInt8](repeating: 0x2E, count: "content \(damaged)".utf8.count), to: store.blob(digests[damaged - 1]))
    let database = try Database(
      .file(Array(store.directory[RecoverableStore.database].utf8)), schema: LocalDatabase.schema, creates: false)
    try database.execute("DELETE FROM objects WHERE key = 'uploads/first/3'")
    let program = try Program.product("supastore")
    let environment = ["SUPASTORE_MODE=local", "SUPASTORE_STATE_DIR=\(store.directory["state"])"]
    let deletions = Mutex<[Int32]>([])
    let findings = try await store.findings { finding in
      let goes: Int
      switch finding.kind {
      case .objectMissing: goes = early
      case .blobContent: goes = late
      default: return
      }
      let arguments = [program, "delete", "--yes", "--now", "uploads/first/\(goes)"]
      let status = try? ChildProcess(arguments, environment: environment, descriptors: [-1, -1, -1]).wait()
      deletions.withLock { $0.append(status ?? -1) }
    }
    #expect(deletions.withLock { $0 } == [0, 0])
    for number in [early, late] {
      #expect(!FileManager.default.fileExists(atPath: store.directory[store.blob(digests[number - 1])]))
    }
    let kinds: [LocalFinding.Kind] = [.objectMissing, .blobContent, .blobsUnnamed]
    #expect(findings.map(\.kind) == kinds, "\(findings)")
  }

  private func sha256(_ text: String) throws -> String { try SHA256Digest.of(Array(text.utf8)).hex }
}
