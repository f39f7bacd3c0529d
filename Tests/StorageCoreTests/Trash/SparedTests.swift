import TestSupport
import Testing

/// What looks as if it might be removed, and is somebody's.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct SparedTests {
  private static func marker(_ id: String) -> String { #"{"supastore":"\#(id)"}"# }

  @Test func `an object that was moved carries the mark of a file, and stays`() async throws {
    let database = try await TrashDatabase()
    let id = try await database.makeFiles(1)[0]
    try await database.makeObjects(1, in: "moved", marker: Self.marker(id))
    let cleaner = try await database.session()
    let candidates = "supastore_candidates('object', '7 days', null, null, 10)"
    let trash = "supastore_trash_objects($1, '7 days', $2)"
    #expect(try await cleaner.keys(candidates) == [])
    #expect(try await cleaner.keys(trash, objects("moved/00001"), run(1)) == [])
    // Neither while the file is in the trash; afterwards it is nobody's.
    try await cleaner.query("select public.supastore_trash_files($1::uuid[], null, $2)", array([id]), run(2))
    #expect(try await cleaner.keys(candidates) == [])
    #expect(try await cleaner.keys(trash, objects("moved/00001"), run(1)) == [])
    try await database.owner.query("delete from public.supastore_trash")
    #expect(try await cleaner.keys(trash, objects("moved/00001"), run(1)) == ["moved/00001"])
  }

  @Test func `what was written on a trashed path since is another object, and is not purged`() async throws {
    let database = try await TrashDatabase()
    let id = try await database.makeFiles(1)[0]
    let cleaner = try await database.session()
    try await cleaner.query("select public.supastore_trash_files($1::uuid[], null, $2)", array([id]), run(1))
    try await database.owner.query("update storage.objects set version = 'other'")
    #expect(try await cleaner.keys("supastore_claim_purge($1, '0', $2)", objects("a/00001"), run(2)) == [])
    #expect(try await database.count("public.supastore_trash") == 0)
    #expect(try await database.count("storage.objects") == 1)
    #expect(try await database.count("public.supastore_audit where action = 'revive' and detail is not null") == 1)
  }

  @Test func `a row that names another bucket takes nothing there with it`() async throws {
    let database = try await TrashDatabase()
    let id = try await database.makeFiles(1, metadata: #"{"bucket": "backups"}"#, withObjects: false)[0]
    try await database.makeObjects(1, in: "a", bucket: "backups")
    let cleaner = try await database.session()
    #expect(try await cleaner.keys("supastore_candidates('orphan', '7 days', null, null, 10)") == [])
    #expect(try await cleaner.keys("supastore_trash_orphans($1::uuid[], '7 days', $2)", array([id]), run(1)) == [])
    #expect(try await cleaner.keys("supastore_trash_files($1::uuid[], null, $2)", array([id]), run(1)) == [])
    #expect(try await database.count("public.files") == 1)
  }

  @Test func `a path that a row holds is not purged, whichever bucket the row names`() async throws {
    let database = try await TrashDatabase()
    let id = try await database.makeFiles(1)[0]
    let cleaner = try await database.session()
    try await cleaner.query("select public.supastore_trash_files($1::uuid[], null, $2)", array([id]), run(1))
    try await database.owner.query(
      "insert into public.files (storage_path, original_name, file_type) values ('a/00001', 'n', 'cache')")
    #expect(try await database.count("public.supastore_trash") == 1)
    #expect(try await cleaner.keys("supastore_claim_purge($1, '0', $2)", objects("a/00001"), run(2)) == [])
  }

  @Test func `a call that comes again does not undo what was done since`() async throws {
    let database = try await TrashDatabase()
    let id = try await database.makeFiles(1)[0]
    let cleaner = try await database.session()
    let trash = "supastore_trash_files($1::uuid[], null, $2)"
    let restore = "select r ->> 'result' from jsonb_array_elements(public.supastore_restore($1, $2)) r"
    #expect(try await cleaner.keys(trash, array([id]), run(1)) == ["a/00001"])
    #expect(try await cleaner.query(restore, objects("a/00001"), run(2)) == [["restored"]])
    // The first one's answer was lost, and it asks again.
    #expect(try await cleaner.keys(trash, array([id]), run(1)) == [])
    #expect(try await database.count("public.files") == 1)
    #expect(try await cleaner.keys(trash, array([id]), run(3)) == ["a/00001"])
    #expect(try await cleaner.query(restore, objects("a/00001"), run(2)) == [["restored"]])
    #expect(try await database.count("public.files") == 0)
  }

  @Test func `a file comes back to a table that has got columns`() async throws {
    let database = try await TrashDatabase()
    let id = try await database.makeFiles(1)[0]
    let cleaner = try await database.session()
    try await cleaner.query("select public.supastore_trash_files($1::uuid[], null, $2)", array([id]), run(1))
    try await database.owner.query(
      """
      alter table public.files add column note text not null default 'none',
        add column name_length integer generated always as (length(original_name)) stored
      """)
    try await cleaner.query("select public.supastore_restore($1, $2)", objects("a/00001"), run(2))
    #expect(try await database.value("select note || name_length from public.files") == "none1")
  }
}
