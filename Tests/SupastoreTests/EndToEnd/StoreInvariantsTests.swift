import FoundationEssentials
import TestSupport
import Testing

/// The invariants see every violation of themselves.
@Suite(.standIn(per: .test)) struct StoreInvariantsTests {
  private typealias Kind = StoreInvariants.Kind

  private let supastore: Supastore
  private let tree: TemporaryDirectory
  private let store: StoreInvariants

  init() throws {
    supastore = try Supastore()
    tree = try TemporaryDirectory()
    store = StoreInvariants(stateDirectory: supastore.stateDirectory, project: supastore.project)
    for number in 0..<3 { try tree.write("file \(number)".utf8, to: "f\(number)") }
  }

  /// Three files that were stored locally and sent, one that waits.
  private func fill() async throws -> [String] {
    let local = supastore.with(["SUPASTORE_MODE": "local"])
    var ids: [String] = []
    try await supastore.setUp()
    for number in 0..<3 {
      let run = try await local("upload", "--conversation", "c", "--json", tree["f\(number)"])
      ids += try run.documents("file").compactMap { $0["id"]?.string }
      if number == 1 { try #require(try await supastore("sync").exitStatus == 0) }
    }
    try #require(ids.count == 3)
    return ids
  }

  private func tables() throws -> StoreTables { try StoreTables(at: "\(supastore.stateDirectory)/local/store.sqlite") }

  private func blob(_ id: String) throws -> String {
    let digest = try tables().column(
      "SELECT sha256 FROM files JOIN objects ON key = storage_path WHERE id = '\(id)'")[0]
    return "\(supastore.stateDirectory)/local/blobs/\(digest.prefix(2))/\(digest)"
  }

  /// Makes an entry for a file whose row stays.
  private func trash(_ id: String) throws {
    try tables().execute(
      """
      INSERT INTO trash (bucket, key, state, rule, run_id, trashed_at, file_id, links, waiting)
        SELECT bucket, key, 'trashed', 'deleted', '', '', id, '[]', '[]' FROM files JOIN objects ON key = storage_path
        WHERE id = '\(id)';
      INSERT INTO audit (at, action, key) SELECT '', 'trash', key FROM trash
      """)
  }

  /// Of a file at the project.
  private static let path = "(select storage_path from files where id = $1)"

  private func plant(_ violation: Planted, _ id: String) throws {
    let project = supastore.project
    switch violation {
    case .none: break
    case .orphan:
      try tables().execute("PRAGMA foreign_keys=OFF; INSERT INTO conversation_files VALUES ('none', 'none', 'now')")
    case .noBlob: try FileManager.default.removeItem(atPath: try blob(id))
    case .otherBytes: try Data("FILE 0".utf8).write(to: URL(filePath: try blob(id)))
    case .cutBlob: try Data("fil".utf8).write(to: URL(filePath: try blob(id)))
    case .noObject:
      try tables().execute("DELETE FROM objects WHERE key = (SELECT storage_path FROM files WHERE id = '\(id)')")
    case .noSidecar: try FileManager.default.removeItem(atPath: try blob(id) + ".json")
    case .vainItem:
      try tables().execute(
        "PRAGMA foreign_keys=OFF; INSERT INTO outbox (project, kind, file_id, created_at) VALUES ('', 'file', 'x', '')")
    case .lostFile: try tables().execute("DELETE FROM files WHERE id = '\(id)'")
    case .rowAndEntry: try trash(id)
    case .trashedWithoutObject:
      try trash(id)
      try tables().execute(
        "DELETE FROM objects WHERE key IN (SELECT key FROM trash); DELETE FROM files WHERE id = '\(id)'")
    case .trashedWithoutRecord:
      try trash(id)
      try tables().execute("DELETE FROM audit; DELETE FROM files WHERE id = '\(id)'")
    case .twice:
      try tables().execute(
        "INSERT INTO files SELECT 'x', 'x', original_name, mime_type, size_bytes, file_type, metadata, created_at"
          + " FROM files WHERE id = '\(id)'")
    case .noRowThere: try project.query("delete from files where id = $1", id)
    case .noLinkThere: try project.query("delete from conversation_files where file_id = $1", id)
    case .noObjectThere: try project.query("update storage.objects set name = 'x' where name = \(Self.path)", id)
    case .otherBytesThere:
      try project.query(
        """
        update storage.objects set metadata = jsonb_set(metadata, '{eTag}', '"x"') where name = \(Self.path)
        """, id)
    case .otherMetadataThere:
      try project.query("update files set metadata = metadata || '{\"k\": 1}' where id = $1", id)
    case .twiceThere:
      try project.query(
        """
        insert into files (id, storage_path, original_name, mime_type, size_bytes, file_type, metadata)
        select gen_random_uuid(), 'x', original_name, mime_type, size_bytes, file_type, metadata from files where id = $1
        """, id)
    }
  }

  enum Planted: CaseIterable, Sendable {
    case none, orphan, noBlob, otherBytes, cutBlob, noObject, noSidecar, vainItem, lostFile, twice
    case rowAndEntry, trashedWithoutObject, trashedWithoutRecord
    case noRowThere, noLinkThere, noObjectThere, otherBytesThere, otherMetadataThere, twiceThere

    var kinds: Set<String> {
      switch self {
      case .none: []
      case .orphan: ["integrity"]
      case .noBlob, .otherBytes, .cutBlob: ["blob"]
      case .noObject: ["object"]
      case .noSidecar: ["sidecar"]
      case .vainItem: ["outbox"]
      case .lostFile: ["accepted"]
      case .rowAndEntry, .trashedWithoutObject, .trashedWithoutRecord: ["trash"]
      case .twice, .twiceThere: ["twice"]
      case .noRowThere, .noLinkThere, .noObjectThere, .otherBytesThere, .otherMetadataThere: ["arrived"]
      }
    }
  }

  @Test func `every kind has one that is planted`() {
    #expect(Set(Planted.allCases.flatMap(\.kinds)) == Set(Kind.allCases.map(\.rawValue)))
  }

  @Test(arguments: Planted.allCases)
  func `what is planted is seen`(_ violation: Planted) async throws {
    let ids = try await fill()
    try plant(violation, ids[0])
    let kinds = Set(try store.violations(accepted: Set(ids)).map(\.kind.rawValue))
    #expect(violation.kinds.isSubset(of: kinds) && kinds.isEmpty == violation.kinds.isEmpty, "\(kinds)")
  }
}
