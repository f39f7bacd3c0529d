import TestSupport
import Testing

/// A row that is stored on a path of the trash brings the path back, unless its object is being deleted or is gone.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct StoredAgainTests {
  private static let insert = "insert into public.files (storage_path, original_name) values ('a/00001', 'n')"
  private static let insertOrLeave = insert + " on conflict do nothing"

  private func trashed(_ database: TrashDatabase) async throws -> [String] {
    let ids = try await database.makeFiles(1)
    let cleaner = try await database.session()
    #expect(
      try await cleaner.keys("supastore_trash_orphans($1::uuid[], '7 days', $2)", array(ids), run(1)) == ["a/00001"])
    return ids
  }

  private func actions(_ database: TrashDatabase) async throws -> String {
    try await database.value("select coalesce(string_agg(action, ' ' order by seq), '') from public.supastore_audit")
  }

  @Test func `the entry goes in the transaction that stores the row`() async throws {
    let database = try await TrashDatabase()
    let ids = try await trashed(database)
    let storer = try await database.session()
    for end in ["rollback", "commit"] {
      #expect(try await database.count("public.supastore_trash where file_id = '\(ids[0])'") == 1)
      try await storer.query("begin")
      try await storer.query(Self.insert)
      #expect(try await storer.query("select count(*) from public.supastore_trash") == [["0"]])
      #expect(try await database.count("public.supastore_trash") == 1)
      try await storer.query(end)
    }
    #expect(try await database.count("public.supastore_trash") == 0)
    #expect(try await database.count("public.files") == 1)
    #expect(try await actions(database) == "trash revive")
    let old = try await database.value("select detail ->> 'id' from public.supastore_audit where action = 'revive'")
    #expect(old == ids[0])
  }

  @Test(arguments: [insert, insertOrLeave])
  func `an insert that waits for the row before it finds the entry`(_ insert: String) async throws {
    let database = try await TrashDatabase()
    let ids = try await database.makeFiles(1)
    let cleaner = try await database.session()
    let storer = try await database.session()
    try await cleaner.query("begin")
    #expect(try await cleaner.keys("supastore_trash_orphans($1::uuid[], '7 days', $2)", array(ids), run(1)).count == 1)
    async let stored = storer.change(insert)
    try await database.project.untilWaiting(storer)
    try await cleaner.query("commit")
    #expect(try await stored == 1)
    #expect(try await database.count("public.supastore_trash") == 0)
    #expect(try await database.count("public.files where id <> '\(ids[0])'") == 1)
    #expect(try await actions(database) == "trash revive")
  }

  @Test func `an insert that waits for a cleaner that gives up finds the row`() async throws {
    let database = try await TrashDatabase()
    let ids = try await database.makeFiles(1)
    let cleaner = try await database.session()
    for (insert, state) in [(Self.insertOrLeave, nil as String?), (Self.insert, "23505")] {
      let storer = try await database.session()
      try await cleaner.query("begin")
      try await cleaner.query("select public.supastore_trash_orphans($1::uuid[], '7 days', $2)", array(ids), run(1))
      async let failure = storer.failure(insert)
      try await database.project.untilWaiting(storer)
      try await cleaner.query("rollback")
      #expect(await failure == state)
    }
    #expect(try await database.count("public.files where id = '\(ids[0])'") == 1)
    #expect(try await actions(database) == "")
  }

  @Test func `a row that comes to be on the path by a change counts as stored there`() async throws {
    let database = try await TrashDatabase()
    _ = try await trashed(database)
    let storer = try await database.session()
    try await storer.query("insert into public.files (storage_path, original_name) values ('b', 'n')")
    try await storer.query("update public.files set metadata = '{\"x\": 1}'")
    #expect(try await database.count("public.supastore_trash") == 1)
    try await storer.query("update public.files set storage_path = 'a/00001', file_type = 'generated'")
    #expect(try await database.count("public.supastore_trash") == 1)
    try await storer.query("update public.files set metadata = '{\"bucket\": \"user-files\"}'")
    #expect(try await database.count("public.supastore_trash") == 0)
    #expect(try await actions(database) == "trash revive")
  }

  @Test func `no row comes on a path whose object is being deleted or is gone`() async throws {
    let database = try await TrashDatabase()
    _ = try await trashed(database)
    let storer = try await database.session()
    let purger = try await database.session()
    #expect(try await purger.keys("supastore_claim_purge($1, '0', $2)", objects("a/00001"), run(2)) == ["a/00001"])
    for state in ["purging", "purged"] {
      if state == "purged" {
        try await database.age(claimsBy: "61 seconds")
        try await database.removeObject("a/00001")
        #expect(try await purger.keys("supastore_finish_purge($1, $2)", objects("a/00001"), run(2)) == ["a/00001"])
      }
      #expect(await storer.failure(Self.insert) == "SS001")
      #expect(await storer.failure(Self.insertOrLeave) == "SS001")
      let batch = "insert into public.files (storage_path, original_name) values ('b', 'n'), ('a/00001', 'n')"
      #expect(await storer.failure(batch) == "SS001")
      #expect(try await database.count("public.files") == 0)
      #expect(try await database.value("select state from public.supastore_trash") == state)
    }
    // The way out is to send the object.
    try await database.makeObjects(1, in: "a")
    #expect(await storer.failure(Self.insert) == nil)
    #expect(try await database.count("public.supastore_trash") == 0)
    #expect(try await actions(database) == "trash purge purged revive")
  }

  @Test(arguments: ["commit", "rollback"])
  func `a claim waits for a row that is being stored`(_ end: String) async throws {
    let database = try await TrashDatabase()
    _ = try await trashed(database)
    let storer = try await database.session()
    let purger = try await database.session()
    try await storer.query("begin")
    try await storer.query(Self.insert)
    async let claimed = purger.keys("supastore_claim_purge($1, '0', $2)", objects("a/00001"), run(2))
    try await database.project.untilWaiting(purger)
    try await storer.query(end)
    #expect(try await claimed == (end == "commit" ? [] : ["a/00001"]))
    #expect(try await database.count("public.supastore_trash") == (end == "commit" ? 0 : 1))
    #expect(try await actions(database) == (end == "commit" ? "trash revive" : "trash purge"))
  }

  @Test(arguments: ["commit", "rollback"])
  func `a row that is stored waits for a claim`(_ end: String) async throws {
    let database = try await TrashDatabase()
    _ = try await trashed(database)
    let storer = try await database.session()
    let purger = try await database.session()
    try await purger.query("begin")
    #expect(try await purger.keys("supastore_claim_purge($1, '0', $2)", objects("a/00001"), run(2)) == ["a/00001"])
    async let failure = storer.failure(Self.insert)
    try await database.project.untilWaiting(storer)
    try await purger.query(end)
    #expect(await failure == (end == "commit" ? "SS001" : nil))
    #expect(try await database.count("public.files") == (end == "commit" ? 0 : 1))
    #expect(try await actions(database) == (end == "commit" ? "trash purge" : "trash revive"))
  }

  @Test(arguments: Isolation.allCases.dropFirst())
  func `a row from an older snapshot is not stored on a path that was purged since`(
    _ isolation: Isolation
  ) async throws {
    let database = try await TrashDatabase()
    let ids = try await database.makeFiles(1)
    let storer = try await database.session()
    try await storer.query("begin isolation level \(isolation.rawValue)")
    try await storer.query("select from public.files")
    let purger = try await database.session()
    try await purger.query("select public.supastore_trash_orphans($1::uuid[], '7 days', $2)", array(ids), run(1))
    #expect(try await purger.keys("supastore_claim_purge($1, '0', $2)", objects("a/00001"), run(2)).count == 1)
    #expect(await storer.failure(Self.insert) == "40001")
    try await storer.query("rollback")
    #expect(try await database.count("public.files") == 0)
    // A path that the trash does not know is stored on as ever.
    try await storer.query("begin isolation level \(isolation.rawValue)")
    try await storer.query("insert into public.files (storage_path, original_name) values ('b', 'n')")
    try await storer.query("commit")
    #expect(try await database.count("public.supastore_trash") == 1)
  }

  private static let marker = #"{"supastore":"00000000-0000-8000-8000-000000000001"}"#

  @Test(arguments: ["commit", "rollback"])
  func `an object without a row waits for a row that is being stored`(_ end: String) async throws {
    let database = try await TrashDatabase()
    try await database.makeObjects(1, in: "a", marker: Self.marker)
    let storer = try await database.session()
    let cleaner = try await database.session()
    try await storer.query("begin")
    try await storer.query(Self.insert)
    async let moved = cleaner.keys("supastore_trash_objects($1, '7 days', $2)", objects("a/00001"), run(1))
    try await database.project.untilWaiting(cleaner)
    try await storer.query(end)
    #expect(try await moved == (end == "commit" ? [] : ["a/00001"]))
    #expect(try await database.count("public.supastore_trash") == (end == "commit" ? 0 : 1))
  }

  @Test func `a row that is stored waits for an object on its way to the trash`() async throws {
    let database = try await TrashDatabase()
    try await database.makeObjects(1, in: "a", marker: Self.marker)
    let storer = try await database.session()
    let cleaner = try await database.session()
    try await cleaner.query("begin")
    #expect(
      try await cleaner.keys("supastore_trash_objects($1, '7 days', $2)", objects("a/00001"), run(1)) == ["a/00001"])
    async let failure = storer.failure(Self.insert)
    try await database.project.untilWaiting(storer)
    try await cleaner.query("commit")
    #expect(await failure == nil)
    #expect(try await database.count("public.supastore_trash") == 0)
    #expect(try await actions(database) == "trash revive")
  }
}
