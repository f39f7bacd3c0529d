import FoundationEssentials
import TestSupport
import Testing

/// A file is stored again while its old row is in the trash, being purged, or purged: it ends stored, with its object.
@Suite(.standIn(per: .test), .timeLimit(.minutes(3))) struct StoredAgainTests {
  private let tree: TestSupport.TemporaryDirectory
  private let supastore: Supastore
  private let count = 5

  init() async throws {
    tree = try TemporaryDirectory()
    supastore = try Supastore()
    try await supastore.setUp()
    try await supastore.installSchema()
    for number in 0..<count { try tree.write("file \(number)".utf8, to: "root/f\(number)") }
    try await expectStored(try await store())
  }

  private func store() async throws -> Run {
    try await supastore("migrate", "--conversation", "c", tree["root"])
  }

  private func expectStored(_ run: Run) async throws {
    #expect(run.exitStatus == 0, "\(run.errors)")
    #expect(try supastore.counts() == StoredCounts(each: count))
    #expect(try supastore.trashViolations() == [])
    #expect(try supastore.column("select count(*) from supastore_trash where state <> 'purged'") == ["0"])
  }

  private func delete(_ options: String...) async throws {
    let run = try await supastore.run(["conversation", "delete", "--yes", "c"] + options)
    try #require(run.exitStatus == 0, "\(run.errors)")
    #expect(try supastore.column("select count(*) from files") == ["0"])
  }

  @Test func `in the trash`() async throws {
    try await delete()
    let versions = "select version from storage.objects order by name"
    let before = try supastore.column(versions)
    try await expectStored(try await store())
    // The objects are those that were there.
    #expect(try supastore.column(versions) == before)
    #expect(try supastore.column("select count(*) from supastore_audit where action = 'revive'") == ["\(count)"])
  }

  @Test func `purged`() async throws {
    try await delete("--now")
    try supastore.ageClaims()
    let cleanup = try await supastore("cleanup", "--apply")
    #expect(cleanup.exitStatus == 0, "\(cleanup.errors)")
    #expect(try supastore.column("select state, count(*) from supastore_trash group by 1") == ["purged"])
    try await expectStored(try await store())
    #expect(try supastore.column("select count(*) from supastore_trash") == ["0"])
  }

  @Test func `in a purge that was given up, its objects still there`() async throws {
    try await delete()
    let claimed = """
      select supastore_claim_purge(
        (select jsonb_agg(jsonb_build_object('bucket', bucket, 'key', key)) from supastore_trash), '0', gen_random_uuid())
      """
    try supastore.project.query(claimed)
    try supastore.ageClaims()
    try await expectStored(try await store())
  }

  @Test func `in a purge that is under way`() async throws {
    try await delete("--now")
    supastore.project.forgetRequests()
    async let run = store()
    // Refused at once, and once more after its objects were sent again.
    await supastore.project.wait(for: 2, on: "POST /rest/v1/files")
    #expect(try supastore.column("select count(*) from files") == ["0"])
    try supastore.ageClaims()
    try await expectStored(try await run)
  }

  @Test func `one path is being purged, and the others do not wait for it`() async throws {
    let id = try supastore.column("select id from files order by 1 limit 1")[0]
    let deletion = try await supastore("delete", "--yes", "--now", id)
    try #require(deletion.exitStatus == 0, "\(deletion.errors)")
    try supastore.project.query("delete from files")
    supastore.project.forgetRequests()
    async let run = store()
    await supastore.project.wait(for: 3, on: "POST /rest/v1/files")
    #expect(try supastore.column("select count(*) from files") == ["\(count - 1)"])
    try supastore.ageClaims()
    try await expectStored(try await run)
  }

  @Test func `a program that knows only the first phase stores on a purged path`() async throws {
    let row = try supastore.column("select to_jsonb(f) from files f order by id limit 1")[0]
    try await delete("--now")
    let insertion = """
      insert into files select (jsonb_populate_record(null::files, $1::jsonb)).*
      """
    // Its row comes before its object, or the object is still being deleted: refused.
    #expect(throws: (any Error).self) { try supastore.project.query(insertion, row) }
    try supastore.ageClaims()
    #expect(throws: (any Error).self) { try supastore.project.query(insertion, row) }
    try supastore.project.query(
      "insert into storage.objects (bucket_id, name) select 'user-files', $1::jsonb ->> 'storage_path'", row)
    try supastore.project.query(insertion, row)
    #expect(try supastore.column("select count(*) from supastore_trash t join files on storage_path = key") == ["0"])
  }
}
