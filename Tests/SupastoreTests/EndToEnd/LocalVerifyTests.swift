import FoundationEssentials
import Glibc
import StorageSQLite
import TestSupport
import Testing

@testable import LocalPlace

/// `verify` of the local store.
@Suite(.timeLimit(.minutes(5))) struct LocalVerifyTests {
  private let supastore: LocalSupastore

  init() throws {
    supastore = try LocalSupastore()
  }

  private var root: String { supastore.directory["root"] }

  private func blob(_ number: Int) throws -> String {
    let digest = try sha256(Array("file \(number)".utf8))
    return "\(supastore.directory["state"])/local/blobs/\(digest.prefix(2))/\(digest)"
  }

  private func execute(_ sql: String) throws {
    let database = try Database(
      .file(Array("\(supastore.directory["state"])/local/store.sqlite".utf8)), schema: LocalDatabase.schema)
    try database.execute(sql)
  }

  @Test func `lost and altered contents and rows are found, and what can be is repaired`() async throws {
    try supastore.writeFiles(0..<30)
    #expect(try await supastore("migrate", "--quiet", root).exitStatus == 0)
    let clean = try await supastore("verify", "--json", "--read", root)
    #expect(clean.exitStatus == 0, "\(clean.output)\(clean.errors)")
    #expect(try clean.summary["same"] == 30 && clean.summary["read"] == 30 && clean.summary["backend"] == "local")

    unlink(try blob(1))
    try FileManager.default.removeItem(atPath: blob(2))
    try Data("FILE 2".utf8).write(to: URL(filePath: blob(2)))
    try execute("DELETE FROM files WHERE original_name = 'f3.txt'")
    let run = try await supastore("verify", "--json", "--read", "--grace", "0s")
    #expect(run.exitStatus == 8)
    let summary = try run.summary
    #expect(summary["object_missing"] == 1 && summary["digest_differs"] == 1 && summary["row_missing"] == 1)
    #expect(summary["same"] == 27)

    let repair = try await supastore("verify", "--json", "--repair", "--grace", "0s", root)
    #expect(try repair.summary["repaired"] == 2, "\(repair.output)")
    // The altered one stays as it is: it shows against its source.
    #expect(repair.exitStatus == 0)
    #expect(try await supastore("verify", "--json", "--read").summary["digest_differs"] == 1)
    #expect(try await supastore("migrate", "--json", "--verify", "full", root).exitStatus == 0)
  }

  @Test func `a thousand lost contents in a row are no end of the list`() async throws {
    try supastore.writeFiles(0..<3)
    #expect(try await supastore("migrate", "--quiet", root).exitStatus == 0)
    try execute(
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2100)
      INSERT INTO objects SELECT 'user-files', 'a/' || i, printf('%064x', i), 1, 'e', 'v', '2026-01-01T00:00:00.000000+00:00' FROM n
      """)
    let run = try await supastore("verify", "--json")
    #expect(run.exitStatus == 0, "\(run.output)")
    #expect(try run.summary["same"] == 3)
  }
}
