import TestSupport
import Testing

/// What comes back from the trash, and what stands in the way.
@Suite(.standIn(per: .test), .timeLimit(.minutes(2))) struct RestoreTests {
  private static let restore = """
    select r ->> 'result', r ->> 'link_count' from jsonb_array_elements(public.supastore_restore($1, $2)) r
    """

  /// A file with two links in the trash.
  private struct Scene {
    let database: TrashDatabase
    let file: String
    let session: DatabaseSession

    init() async throws {
      database = try await TrashDatabase()
      file = try await database.makeFiles(1)[0]
      session = try await database.session()
      for name in ["c", "d"] {
        try await session.query(
          "insert into public.conversation_files (conversation_id, file_id, added_at) values ($1, $2, '2020-01-01Z')",
          try await database.makeConversation(name), file)
      }
      try await session.query("select public.supastore_trash_files($1::uuid[], null, $2)", array([file]), run(1))
    }

    func restore(_ number: Int) async throws -> [[String?]] {
      try await session.query(RestoreTests.restore, objects("a/00001"), run(number))
    }

    /// The conversations that the file is linked to, and since when.
    func links() async throws -> String {
      try await database.value(
        """
        select coalesce(string_agg(c.continuation_id || ' ' || (l.added_at at time zone 'UTC')::date, ', ' order by 1), '')
          from public.conversation_files l join public.conversations c on c.id = l.conversation_id
        """)
    }
  }

  @Test func `it comes back once, and asking again with the same run has the same answer`() async throws {
    let scene = try await Scene()
    let whole = "select public.supastore_restore($1, $2)"
    let answer = try await scene.session.query(whole, objects("a/00001"), run(2))
    #expect(try await scene.session.query(whole, objects("a/00001"), run(2)) == answer)
    #expect(try await scene.restore(2) == [["restored", "2"]])
    #expect(try await scene.restore(3) == [["absent", "0"]])
    #expect(try await scene.database.count("public.files where id = '\(scene.file)'") == 1)
    #expect(try await scene.links() == "c 2020-01-01, d 2020-01-01")
    #expect(try await scene.database.count("public.supastore_audit where action in ('restore', 'revive')") == 1)
  }

  @Test func `links come back to conversations that are there or there again`() async throws {
    let scene = try await Scene()
    try await scene.database.owner.query("delete from public.conversations")
    try await scene.database.makeConversation("d")
    #expect(try await scene.restore(2) == [["restored", "1"]])
    #expect(try await scene.links() == "d 2020-01-01")
  }

  @Test func `a file whose conversations are gone comes back without links`() async throws {
    let scene = try await Scene()
    try await scene.database.owner.query("delete from public.conversations")
    #expect(try await scene.restore(2) == [["restored", "0"]])
  }

  @Test func `a conversation that goes meanwhile gets no link, and the file comes back`() async throws {
    let scene = try await Scene()
    let remover = try await scene.database.session()
    try await remover.query("begin")
    try await remover.query("delete from public.conversations where continuation_id = 'c'")
    async let restored = scene.restore(2)
    try await scene.database.project.untilWaiting(scene.session)
    try await remover.query("commit")
    #expect(try await restored == [["restored", "1"]])
    #expect(try await scene.links() == "d 2020-01-01")
  }

  @Test func `a taken id leaves the entry as it was`() async throws {
    let scene = try await Scene()
    let entry = "select to_jsonb(t) from public.supastore_trash t"
    let before = try await scene.database.value(entry)
    try await scene.session.query(
      "insert into public.files (id, storage_path, original_name) values ($1, 'b', 'n')", scene.file)
    #expect(try await scene.restore(2) == [["taken", "0"]])
    #expect(try await scene.database.value(entry) == before)
    #expect(try await scene.database.count("public.supastore_audit where action = 'restore'") == 0)
  }

  @Test func `a path that a row of another bucket has leaves the entry as it was`() async throws {
    let scene = try await Scene()
    try await scene.session.query(
      "insert into public.files (storage_path, original_name, file_type) values ('a/00001', 'n', 'generated')")
    #expect(try await scene.restore(2) == [["taken", "0"]])
    #expect(try await scene.database.count("public.supastore_trash where state = 'trashed'") == 1)
  }

  @Test func `two who restore the same entry bring it back once`() async throws {
    let scene = try await Scene()
    let other = try await scene.database.session()
    try await other.query("begin")
    #expect(try await other.query(Self.restore, objects("a/00001"), run(3)) == [["restored", "2"]])
    async let restored = scene.restore(2)
    try await scene.database.project.untilWaiting(scene.session)
    try await other.query("commit")
    #expect(try await restored == [["absent", "0"]])
    #expect(try await scene.database.count("public.files") == 1)
  }

  @Test func `one who stores it and one who restores it end with one row`() async throws {
    let scene = try await Scene()
    let storer = try await scene.database.session()
    try await storer.query("begin")
    try await storer.query("insert into public.files (storage_path, original_name) values ('a/00001', 'n')")
    async let restored = scene.restore(2)
    try await scene.database.project.untilWaiting(scene.session)
    try await storer.query("commit")
    #expect(try await restored == [["absent", "0"]])
    #expect(try await scene.database.count("public.files") == 1)
    #expect(try await scene.database.count("public.supastore_trash") == 0)
  }

  @Test func `an object that had no row comes back as one`() async throws {
    let database = try await TrashDatabase()
    let session = try await database.session()
    try await database.makeObjects(1, in: "a", marker: #"{"supastore":"00000000-0000-8000-8000-000000000001"}"#)
    #expect(try await session.keys("supastore_trash_objects($1, '7 days', $2)", objects("a/00001"), run(1)).count == 1)
    #expect(try await session.query(Self.restore, objects("a/00001"), run(2)) == [["restored", "0"]])
    #expect(try await database.count("public.files") == 0)
    #expect(try await session.keys("supastore_candidates('object', '7 days', null, null, 10)") == ["a/00001"])
  }
}
